#include "bench/workloads/workload.hpp"

#include <ctime>

#include <sys/resource.h>

namespace yoke::bench {
namespace {

std::chrono::nanoseconds nanoseconds_in(const timeval& time) {
  return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
}

struct usage {
  std::chrono::nanoseconds user;
  std::chrono::nanoseconds system;
};

/// The CPU time of this thread. getrusage() knows that of a running thread as of the last tick, some milliseconds ago,
/// so it gives the shares only, and the clock the sum.
usage used_by_thread() {
  rusage shares{};
  ::getrusage(RUSAGE_THREAD, &shares);
  timespec sum{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &sum);
  const auto system = nanoseconds_in(shares.ru_stime);
  return {.user = std::chrono::seconds{sum.tv_sec} + std::chrono::nanoseconds{sum.tv_nsec} - system, .system = system};
}

}  // namespace

stopwatch::stopwatch() {
  const usage used = used_by_thread();
  user_ = used.user;
  system_ = used.system;
  begun_ = std::chrono::steady_clock::now();
}

timed stopwatch::stop() const {
  const auto now = std::chrono::steady_clock::now();
  const usage used = used_by_thread();
  return {.begun = begun_, .took = now - begun_, .user = used.user - user_, .system = used.system - system_};
}

}  // namespace yoke::bench
