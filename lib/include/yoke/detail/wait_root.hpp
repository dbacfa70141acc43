#pragma once

#include <yoke/detail/driver.hpp>
#include <yoke/detail/future_state.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace yoke::detail {

/// wait_root is where sync_wait waits. It works on the pools of all futures that the task, and the tasks that this one
/// awaits, have been suspended on so far.
class wait_root {
 public:
  /// add has the pools of `awaited` worked on, too.
  void add(const future_state& awaited);

  /// finish ends wait(). Called once, by the thread in which the task comes to its end.
  void finish() noexcept;

  /// wait returns when the task has ended and finish() has returned. Throws what driving a pool throws, as inside one
  /// of its own tasks: then the task goes on, and the root has to stay.
  void wait();

 private:
  std::mutex mutex_;  // guards drivers_ and waking_; no pool's lock is taken inside it
  std::condition_variable changed_;
  driver_set drivers_;
  bool waking_ = false;                // finish() still uses the root
  std::atomic<std::size_t> known_{0};  // pools in drivers_
  std::atomic<bool> finished_{false};
};

}  // namespace yoke::detail
