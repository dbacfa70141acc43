#include "sys/doorbell.hpp"

#include "sys/clock.hpp"
#include "sys/tsan.hpp"

#include <algorithm>
#include <cerrno>
#include <new>

namespace yoke::detail {

namespace {

constexpr int most_rings = 1000;

}  // namespace

doorbell::doorbell() { new (storage_) semaphore(0); }

sem_t* doorbell::native() { return std::launder(reinterpret_cast<sem_t*>(storage_)); }

void doorbell::ring() noexcept {
  // The one failure, an overflow, means that two thousand million rings are waiting already.
  static_cast<void>(::sem_post(native()));
}

bool doorbell::wait_for(std::chrono::nanoseconds patience) {
  if (try_wait()) return true;
  if (patience.count() <= 0) return false;
  const timespec deadline = to_timespec(deadline_after(patience));
  while (::sem_clockwait(native(), CLOCK_MONOTONIC, &deadline) != 0) {
    if (errno != EINTR) return false;
  }
  tsan_acquire(native());
  return true;
}

bool doorbell::try_wait() {
  while (::sem_trywait(native()) != 0) {
    if (errno != EINTR) return false;
  }
  return true;
}

void doorbell::drain() {
  int rings = 0;
  if (::sem_getvalue(native(), &rings) != 0) return;
  for (rings = std::min(rings, most_rings); rings > 0 && try_wait(); --rings) {
  }
}

}  // namespace yoke::detail
