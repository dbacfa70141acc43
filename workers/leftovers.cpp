#include "workers/leftovers.hpp"

#include "sys/clock.hpp"

#include <chrono>

#include <sched.h>
#include <sys/single_threaded.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace yoke::detail {
namespace {

constexpr std::chrono::microseconds look_interval{200};
constexpr std::chrono::microseconds time_to_leave{500};  // a thread just joined is still listed for a moment

bool has_threads() {
  if (__libc_single_threaded != 0) return false;
  struct stat tasks {};
  for (const auto end = monotonic_now() + time_to_leave;;) {
    // One link for each thread, beside the two that every folder has.
    if (::stat("/proc/self/task", &tasks) != 0 || tasks.st_nlink <= 3) return false;
    if (monotonic_now() >= end) return true;
    ::sched_yield();
  }
}

bool has_zombies() {
  siginfo_t child{};
  return ::waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0 && child.si_pid != 0;
}

}  // namespace

bool leftovers::too_much(bool run) {
  const bool single = __libc_single_threaded != 0;
  const auto now = monotonic_now();
  const bool first_chunk = run && !has_run_;
  if (!first_chunk && single == was_single_ && now < next_look_) return false;
  has_run_ = has_run_ || run;
  was_single_ = single;
  next_look_ = now + look_interval;
  if (has_zombies() && ++looks_with_zombies_ >= most_looks_with_zombies) return true;
  return has_threads();
}

}  // namespace yoke::detail
