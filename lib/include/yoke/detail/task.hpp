#pragma once

#include <yoke/detail/byte_reader.hpp>
#include <yoke/detail/byte_sink.hpp>
#include <yoke/detail/chunk_call.hpp>
#include <yoke/detail/future_state.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>

namespace yoke::detail {

class submission;

/// task_entry runs one task in a worker process: reads callable and arguments, writes the result. It may throw.
using task_entry = void (*)(const chunk_call& call, byte_reader& in, byte_sink& out);

/// task_kind is what has been found out about all tasks of one type. Each type has one, next to its code, so that it
/// goes when the code goes.
struct task_kind {
  std::atomic<std::uint32_t> typical_ns{0};   ///< what a task takes, lately; 0: not known
  std::atomic<std::uint64_t> admitted_by{0};  ///< the pool that found its workers to have the code, last
};

/// task_rules are the promises that one call of submit makes.
struct task_rules {
  std::chrono::nanoseconds deadline{0};
  std::uint32_t attempts = 1;
  bool reruns_externals = false;

  friend bool operator==(const task_rules&, const task_rules&) = default;
};

/// task_order says whether a task in a chunk is to run there. A worker looks right before it begins the task.
enum class task_order : std::uint32_t {
  run,
  begun,  ///< by a thread: it is too late for anything else
  skip,   ///< it was cancelled, or is to run elsewhere
  stop,   ///< it is running, and asked to leave
};

/// task is one call of submit: the callable and its arguments until it has run, and where its result goes.
class task : public future_state {
 public:
  explicit task(task_kind& kind) : kind_{kind} {}

  /// run_here calls the callable in this process and keeps what it returns or throws.
  virtual void run_here() noexcept = 0;

  /// entry runs the task in a worker process, from what encode() appended. Null where it cannot run there.
  [[nodiscard]] virtual task_entry entry() const noexcept = 0;
  virtual void encode(byte_sink& into) const = 0;

  /// take makes the value from what the entry wrote.
  virtual void take(byte_reader& from) = 0;

  /// drop_call destroys the callable and the arguments.
  virtual void drop_call() noexcept = 0;

  bool await(std::chrono::steady_clock::time_point until) final;
  void collect_drivers(driver_set& into) const final;
  bool cancel() final;
  bool request_stop() final;

 protected:
  ~task() override;

  std::exception_ptr thrown_;  // by run_here()

 private:
  friend class submission;
  friend void run_tasks_here(chunk_call& call);

  static constexpr std::uint64_t in_no_chunk = ~std::uint64_t{0};

  task_kind& kind_;
  submission* owner_ = nullptr;  // counted
  task* next_ = nullptr;         // in a queue
  task_rules rules_;
  std::uint32_t cancels_seen_ = 0;    // by the call that submitted it
  int worker_ = 0;                    // the thread that ran it
  std::uint64_t item_ = in_no_chunk;  // its number in the submission; guarded by the engine's lock
};

}  // namespace yoke::detail
