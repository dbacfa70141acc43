#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

namespace yoke {
inline namespace v0 {

/// error is the base of all errors of yoke itself. what() says what happened, to which item or file, and what to do.
class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// capture_error: a task's captures would mean something else in a worker than where the task was written.
class capture_error : public error {
 public:
  using error::error;
};

/// damaged_payload: bytes that were to be decoded are no value of the type asked for.
class damaged_payload : public error {
 public:
  using error::error;
};

/// too_large: arguments or results need more room than the pool's memory has. A worker has at most 4 GB for the results
/// of one chunk.
class too_large : public error {
 public:
  using error::error;
};

/// start_error: a pool or a worker could not be started.
class start_error : public error {
 public:
  using error::error;
};

/// cancelled: the task was cancelled before it finished.
class cancelled : public error {
 public:
  using error::error;
};

/// pool_shut_down: the pool was shut down before the task finished, or takes no tasks any more.
class pool_shut_down : public error {
 public:
  using error::error;
};

/// pool_broken: workers cannot be kept alive, so the pool has given up.
class pool_broken : public error {
 public:
  using error::error;
};

/// forked_copy: a pool was used in a process that the program forked after constructing it; only the original may.
class forked_copy : public error {
 public:
  using error::error;
};

/// task_failure is what every exception that ended a task carries beside its own type:
///
///     try {
///       pool.map(names, parse);
///     } catch (const std::out_of_range& e) {  // what parse threw, with the text it threw
///       if (auto* task = dynamic_cast<const yoke::task_failure*>(&e)) report(task->item(), task->worker());
///     }
///
/// It is no std::exception itself, so `catch (const yoke::task_failure&)` gets the details of any type. Copying it does
/// not throw.
class task_failure {
 public:
  /// no_item is the item of what a worker did before its first item or after its last: its initializer or finalizer.
  static constexpr std::uint64_t no_item = std::numeric_limits<std::uint64_t>::max();

  /// item is the index of the failed item in its job, counted from 0, or no_item.
  [[nodiscard]] std::uint64_t item() const noexcept { return details_->item; }
  /// worker is the pid of the process that ran the task, or the number of the thread.
  [[nodiscard]] int worker() const noexcept { return details_->worker; }
  /// type_name is the type of the exception as the task threw it, in C++ spelling.
  [[nodiscard]] const std::string& type_name() const noexcept { return details_->type; }
  /// text is what what() returned where the exception was thrown, or the value of a thrown number or string.
  [[nodiscard]] const std::string& text() const noexcept { return details_->text; }

 protected:
  task_failure(std::uint64_t item, int worker, std::string type, std::string text);
  task_failure(const task_failure&) = default;
  task_failure& operator=(const task_failure&) = default;
  virtual ~task_failure();

 private:
  struct details {
    std::uint64_t item;
    int worker;
    std::string type;
    std::string text;
  };
  std::shared_ptr<const details> details_;
};

/// task_error stands for an exception that is no standard one and none of yoke's. what() is "TYPE: TEXT",
/// or "TYPE" where there is no text.
class task_error : public error, public task_failure {
 public:
  task_error(std::uint64_t item, int worker, const std::string& type, const std::string& text);
};

/// worker_end says how a worker process ended.
struct worker_end {
  int pid = 0;          ///< the process that is gone
  int signal = 0;       ///< the signal that ended it, or 0
  int exit_status = 0;  ///< its exit status where signal is 0
  /// out_of_memory: it was ended because memory ran out, the system's or the worker's share (memory_per_worker).
  bool out_of_memory = false;
  std::chrono::nanoseconds user_time{0};    ///< CPU time of its whole life, children it waited for included
  std::chrono::nanoseconds system_time{0};  ///< the same, spent in the kernel
  std::uint64_t peak_memory = 0;            ///< bytes resident at most, what it shares with others included
  /// last_words is what it wrote to standard error last, this item or an earlier one: 16 lines and 2 KB at most.
  /// Empty where there was nothing, and under pool_options::direct_stderr.
  std::string last_words = {};
};

/// worker_lost: the worker died while it ran the item. The pool goes on, with a fresh worker; so do other futures, and
/// other items of a stream (imap) of yoke::outcomes. map, for_each and reduce end with it, as with any exception.
/// what() quotes the worker's last words, as of an assert that failed, control characters written as \xNN.
class worker_lost : public error, public task_failure {
 public:
  worker_lost(std::uint64_t item, const worker_end& end, int attempts);
  /// The worker died in a function of its own, "initializer" or "finalizer": item() is no_item.
  worker_lost(const char* function, const worker_end& end);

  /// pid is the process that died last, the same as worker().
  [[nodiscard]] int pid() const noexcept { return end_->pid; }
  /// signal is the number of the signal that ended it, or 0 where it exited.
  [[nodiscard]] int signal() const noexcept { return end_->signal; }
  /// exit_status is what it exited with, where signal is 0. A task that calls exit(0) is lost, too.
  [[nodiscard]] int exit_status() const noexcept { return end_->exit_status; }
  /// end is how it ended, in full.
  [[nodiscard]] const worker_end& end() const noexcept { return *end_; }
  /// attempts is how often the item was started, each time to end its worker.
  [[nodiscard]] int attempts() const noexcept { return attempts_; }

 private:
  std::shared_ptr<const worker_end> end_;
  int attempts_;
};

/// task_timeout: the item ran longer than its deadline and was ended, with its worker and all that it had started.
class task_timeout : public error, public task_failure {
 public:
  task_timeout(std::uint64_t item, const worker_end& end, std::chrono::nanoseconds deadline);

  /// deadline is what the item had been allowed.
  [[nodiscard]] std::chrono::nanoseconds deadline() const noexcept { return deadline_; }
  /// end is how its worker ended: after it was asked to, or by force.
  [[nodiscard]] const worker_end& end() const noexcept { return *end_; }

 private:
  std::shared_ptr<const worker_end> end_;
  std::chrono::nanoseconds deadline_;
};

/// to_string names how a worker ended: "SIGSEGV", "exit 42".
std::string to_string(const worker_end& end);

}  // namespace v0
}  // namespace yoke
