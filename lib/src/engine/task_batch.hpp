#pragma once

#include <yoke/detail/task.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace yoke::detail {

/// task_batch is the tasks that were sent in one chunk, each in its place.
struct task_batch {
  static constexpr std::size_t most = 128;

  std::size_t index = 0;
  std::size_t count = 0;                                  ///< places filled
  std::size_t unsettled = 0;                              ///< places that no outcome has come of
  bool divisible = false;                                 ///< tasks that have not begun may be taken out
  std::chrono::steady_clock::time_point packed{};         ///< where it is divisible
  const void* scope = nullptr;                            ///< of the tasks, where they run in this process
  std::array<task*, most> tasks{};                        ///< null where the task was taken out, to be sent again
  std::array<std::atomic<task_order>, most> orders{};     ///< for threads; processes find theirs in the payload
  std::array<std::atomic<task_order>*, most> order_of{};  ///< null while no worker can see the task
  std::array<std::size_t, most> offsets{};                ///< of each one's record in what is being encoded
};

/// batch_table finds the batch and the place of an item: items are numbered by both.
class batch_table {
 public:
  /// add returns an empty batch.
  task_batch& add() {
    if (free_.empty()) {
      batches_.push_back(std::make_unique<task_batch>());
      free_.reserve(batches_.capacity());
      batches_.back()->index = batches_.size() - 1;
      return *batches_.back();
    }
    task_batch& one = *batches_[free_.back()];
    free_.pop_back();
    return one;
  }

  /// remove makes the batch free again. It never throws.
  void remove(task_batch& one) {
    one.count = one.unsettled = 0;
    free_.push_back(one.index);
  }

  [[nodiscard]] task_batch& of(std::uint64_t item) const { return *batches_[item / task_batch::most]; }
  [[nodiscard]] static std::size_t place_of(std::uint64_t item) { return item % task_batch::most; }
  [[nodiscard]] static std::uint64_t item_at(const task_batch& one, std::size_t place) {
    return one.index * task_batch::most + place;
  }

  /// all is every batch there is, the free ones included.
  [[nodiscard]] const std::vector<std::unique_ptr<task_batch>>& all() const { return batches_; }

 private:
  std::vector<std::unique_ptr<task_batch>> batches_;
  std::vector<std::size_t> free_;
};

/// task_record stands before each task in a chunk's payload. The callable and the arguments follow it.
struct task_record {
  task_entry entry;
  std::uint64_t bytes;            ///< of all that follows, a multiple of 8
  std::atomic<task_order> order;  ///< written by the coordinator, until the payload is given back
};

/// result_frame stands before each task's result.
struct result_frame {
  enum class kind : std::uint32_t { value, error, skipped };

  kind what;
  std::int32_t worker;
  std::uint64_t bytes;  ///< of what follows
};

/// run_tasks_there runs a chunk of encoded tasks in a worker process; run_tasks_here one in a thread of this process.
void run_tasks_there(chunk_call& call);
void run_tasks_here(chunk_call& call);

}  // namespace yoke::detail
