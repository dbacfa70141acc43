#include "bench/workloads/workload.hpp"

#include <sys/resource.h>

namespace yoke::bench {
namespace {

std::chrono::nanoseconds nanoseconds_in(const timeval& time) {
  return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
}

rusage used_by_thread() {
  rusage used{};
  ::getrusage(RUSAGE_THREAD, &used);
  return used;
}

}  // namespace

stopwatch::stopwatch() {
  const rusage used = used_by_thread();
  user_ = nanoseconds_in(used.ru_utime);
  system_ = nanoseconds_in(used.ru_stime);
  begun_ = std::chrono::steady_clock::now();
}

timed stopwatch::stop() const {
  const auto now = std::chrono::steady_clock::now();
  const rusage used = used_by_thread();
  return {.begun = begun_,
          .took = now - begun_,
          .user = nanoseconds_in(used.ru_utime) - user_,
          .system = nanoseconds_in(used.ru_stime) - system_};
}

}  // namespace yoke::bench
