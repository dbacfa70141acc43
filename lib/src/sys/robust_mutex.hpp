#pragma once

#include <chrono>
#include <cstddef>
#include <type_traits>

#include <boost/interprocess/sync/interprocess_mutex.hpp>
#include <pthread.h>
#include <sys/types.h>

namespace yoke::detail {

/// lock_outcome is what became of an attempt to lock.
enum class lock_outcome {
  locked,      ///< the caller holds the lock
  owner_died,  ///< the caller holds it; the last holder died inside, so what it guards may need repair
  timed_out,   ///< somebody else holds it
  broken,      ///< the mutex is no mutex any more: nobody will ever get it. Later attempts may time out instead
};

/// robust_mutex is an interprocess mutex that survives SIGKILL of its holder and of its waiters.
///
/// It wraps one boost::interprocess::interprocess_mutex, whose own lock() gives up for ever after a death, and locks
/// the robust pthread mutex inside with words for each outcome. It lives in shared memory, at any address, and is never
/// destroyed: a worker that died may have held it.
class robust_mutex {
 public:
  robust_mutex();
  robust_mutex(const robust_mutex&) = delete;
  robust_mutex& operator=(const robust_mutex&) = delete;

  /// lock_for tries to lock until `patience` is over; zero or less tries once. A free lock costs no system call.
  ///
  /// It sleeps in slices of at most 20 ms: a waiter that is killed right after its wake-up takes the wake-up with it,
  /// and the next waiter would sleep on a free lock.
  [[nodiscard]] lock_outcome lock_for(std::chrono::nanoseconds patience);

  /// holder is the thread that holds the lock, as far as its memory can be believed; 0 where nobody does.
  [[nodiscard]] pid_t holder() const;

  /// unlock is false when the mutex is broken or not the caller's.
  bool unlock();

 private:
  using mutex = boost::interprocess::interprocess_mutex;
  static_assert(std::is_standard_layout_v<mutex> && sizeof(mutex) == sizeof(pthread_mutex_t) &&
                    alignof(mutex) == alignof(pthread_mutex_t),
                "interprocess_mutex must be one pthread mutex and nothing else");

  lock_outcome wait_until(std::chrono::nanoseconds deadline);
  pthread_mutex_t* native();
  [[nodiscard]] const pthread_mutex_t* native() const;

  alignas(mutex) std::byte storage_[sizeof(mutex)];
};

static_assert(std::is_standard_layout_v<robust_mutex> && std::is_trivially_destructible_v<robust_mutex>);

}  // namespace yoke::detail
