#pragma once

#include <yoke/detail/task.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace yoke::detail {

/// task_batch is the tasks that were sent in one chunk. Each leaves when it is settled.
struct task_batch {
  static constexpr std::size_t most = 128;

  std::size_t index = 0;
  std::size_t count = 0;  ///< tasks that came
  std::size_t left = 0;   ///< tasks that have not left
  const void* scope = nullptr;
  std::array<task*, most> tasks{};
  std::array<std::uint32_t, most> offsets{};  ///< of each one's record, while they are being encoded
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

  /// remove makes the batch free again. Never throws.
  void remove(task_batch& one) {
    one.count = one.left = 0;
    free_.push_back(one.index);
  }

  [[nodiscard]] task_batch& of(std::uint64_t item) const { return *batches_[item / task_batch::most]; }
  [[nodiscard]] static std::size_t place_of(std::uint64_t item) { return item % task_batch::most; }
  [[nodiscard]] static std::uint64_t item_at(const task_batch& one, std::size_t place) {
    return one.index * task_batch::most + place;
  }

  template <class Visit>
  void for_each_task(Visit visit) {
    for (const auto& batch : batches_) {
      for (task*& one : batch->tasks) {
        if (one != nullptr) visit(one);
      }
    }
  }

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
