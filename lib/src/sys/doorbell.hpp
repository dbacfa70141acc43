#pragma once

#include <chrono>
#include <cstddef>
#include <type_traits>

#include <boost/interprocess/sync/interprocess_semaphore.hpp>
#include <semaphore.h>

namespace yoke::detail {

/// doorbell says "look again" to a sleeper in any process. It is never a count of truth: a killed waiter takes its ring
/// along, so whoever waits waits for a bounded time and looks anyway.
///
/// It wraps one boost::interprocess::interprocess_semaphore, waits on the POSIX semaphore inside by CLOCK_MONOTONIC,
/// lives in shared memory and is never destroyed.
class doorbell {
 public:
  doorbell();
  doorbell(const doorbell&) = delete;
  doorbell& operator=(const doorbell&) = delete;

  /// ring wakes one sleeper, or lets the next one through. What was written before is visible to whoever is woken.
  void ring() noexcept;

  /// wait_for is true when it took a ring, false when `patience` was over first. Signals do not cut it short.
  bool wait_for(std::chrono::nanoseconds patience);

  /// try_wait takes a ring if there is one.
  bool try_wait();

  /// drain forgets the rings counted so far. Rings that arrive meanwhile may stay, and
  /// so may what exceeds any number of rings that was meant: a count that somebody has written over.
  void drain();

 private:
  using semaphore = boost::interprocess::interprocess_semaphore;
  static_assert(std::is_standard_layout_v<semaphore> && sizeof(semaphore) == sizeof(sem_t) &&
                    alignof(semaphore) == alignof(sem_t),
                "interprocess_semaphore must be one POSIX semaphore and nothing else");

  sem_t* native();

  alignas(semaphore) std::byte storage_[sizeof(semaphore)];
};

static_assert(std::is_standard_layout_v<doorbell> && std::is_trivially_destructible_v<doorbell>);

}  // namespace yoke::detail
