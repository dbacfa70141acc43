#pragma once

#include <chrono>
#include <ctime>

namespace yoke::detail {

/// monotonic_now reads CLOCK_MONOTONIC: the one clock of all waits, the same in every process of a pool.
inline std::chrono::nanoseconds monotonic_now() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);  // cannot fail: the clock exists and the pointer is valid
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

/// deadline_after returns now + `wait`; it saturates, so that "for ever" may be written nanoseconds::max().
inline std::chrono::nanoseconds deadline_after(std::chrono::nanoseconds wait) noexcept {
  const auto now = monotonic_now();
  return wait > std::chrono::nanoseconds::max() - now ? std::chrono::nanoseconds::max() : now + wait;
}

/// to_timespec converts a point or a span of time; negative ones become zero.
inline timespec to_timespec(std::chrono::nanoseconds time) noexcept {
  if (time.count() < 0) time = std::chrono::nanoseconds{0};
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(time);
  timespec result{};
  result.tv_sec = static_cast<time_t>(whole.count());
  result.tv_nsec = static_cast<long>((time - whole).count());
  return result;
}

}  // namespace yoke::detail
