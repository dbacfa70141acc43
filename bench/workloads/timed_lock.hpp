#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

namespace yoke::bench {

/// timed_lock is a lock that may lie in shared memory and that nobody has to wait for without end: what a demonstration
/// of deadlocks needs to end by itself. All zero is unlocked.
class timed_lock {
 public:
  bool try_lock_for(std::chrono::microseconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (held_.exchange(1, std::memory_order_acquire) != 0) {
      if (std::chrono::steady_clock::now() >= end) return false;
      std::this_thread::yield();
    }
    return true;
  }

  void unlock() { held_.store(0, std::memory_order_release); }

 private:
  std::atomic<std::uint32_t> held_;
};

/// meeting lets tasks wait for each other for a while, so that what needs two at a time does happen.
class meeting {
 public:
  /// arrive returns when a second one has come, or after `patience`.
  void arrive(std::chrono::microseconds patience) {
    const std::uint32_t mine = arrived_.fetch_add(1) + 1;
    const std::uint32_t wanted = mine + mine % 2;
    const auto end = std::chrono::steady_clock::now() + patience;
    while (arrived_.load() < wanted && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  }

 private:
  std::atomic<std::uint32_t> arrived_;
};

}  // namespace yoke::bench
