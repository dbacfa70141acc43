#include "sys/robust_mutex.hpp"

#include "sys/clock.hpp"
#include "sys/crash_point.hpp"
#include "sys/tsan.hpp"

#include <algorithm>
#include <cerrno>
#include <new>

namespace yoke::detail {

namespace {

constexpr std::chrono::milliseconds longest_slice{20};

lock_outcome outcome_of(int result, pthread_mutex_t* mutex) {
  switch (result) {
    case 0:
      return lock_outcome::locked;
    case EBUSY:
    case ETIMEDOUT:
      return lock_outcome::timed_out;
    case EOWNERDEAD:
      reached(crash_point::lock_recovered);
      return ::pthread_mutex_consistent(mutex) == 0 ? lock_outcome::owner_died : lock_outcome::broken;
    default:
      return lock_outcome::broken;
  }
}

}  // namespace

robust_mutex::robust_mutex() { new (storage_) mutex; }

pthread_mutex_t* robust_mutex::native() { return std::launder(reinterpret_cast<pthread_mutex_t*>(storage_)); }

const pthread_mutex_t* robust_mutex::native() const {
  return std::launder(reinterpret_cast<const pthread_mutex_t*>(storage_));
}

lock_outcome robust_mutex::lock_for(std::chrono::nanoseconds patience) {
  const lock_outcome first = outcome_of(::pthread_mutex_trylock(native()), native());
  if (first != lock_outcome::timed_out || patience.count() <= 0) return first;
  reached(crash_point::lock_wanted);
  return wait_until(deadline_after(patience));
}

lock_outcome robust_mutex::wait_until(std::chrono::nanoseconds deadline) {
  pthread_mutex_t* const handle = native();
  for (auto now = monotonic_now(); now < deadline; now = monotonic_now()) {
    const timespec slice_end = to_timespec(now + std::min<std::chrono::nanoseconds>(deadline - now, longest_slice));
    tsan_before_lock(handle);
    const int result = ::pthread_mutex_clocklock(handle, CLOCK_MONOTONIC, &slice_end);
    if (result == 0 || result == EOWNERDEAD) {
      tsan_after_lock(handle);
    } else {
      tsan_after_failed_lock(handle);
    }
    const lock_outcome outcome = outcome_of(result, handle);
    if (outcome != lock_outcome::timed_out) return outcome;
  }
  // All processes may have stood still together, the clock going on.
  return outcome_of(::pthread_mutex_trylock(handle), handle);
}

// The owner is a private field of the C library, but where it is belongs to the interface that robust lists and their
// kernel side rest on.
pid_t robust_mutex::holder() const { return native()->__data.__owner; }

bool robust_mutex::unlock() { return ::pthread_mutex_unlock(native()) == 0; }

}  // namespace yoke::detail
