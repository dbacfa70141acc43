#pragma once

#include "sys/clock.hpp"
#include "workers/worker_limits.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

namespace yoke::detail {

/// retirement says when a worker has done what one may do, so that a fresh one takes its place between two items.
class retirement {
 public:
  explicit retirement(const worker_limits& limits)
      : limits_{limits}, inherited_{limits.memory != 0 ? own_memory() : 0} {}

  /// most_chunks is how many chunks a worker that has run so many items may still claim: each has at least one item.
  [[nodiscard]] std::uint64_t most_chunks(std::uint64_t items_run) const {
    if (limits_.items == 0) return std::numeric_limits<std::uint64_t>::max();
    return limits_.items - std::min(items_run, limits_.items);
  }

  /// due is true when the worker should leave. Its memory is looked at now and then.
  bool due(std::uint64_t items_run) {
    if (most_chunks(items_run) == 0) return true;
    if (limits_.memory == 0) return false;
    const auto now = monotonic_now();
    if (now < next_look_) return false;
    next_look_ = now + look_interval;
    return own_memory() > inherited_ + limits_.memory;
  }

 private:
  static constexpr std::chrono::milliseconds look_interval{5};

  worker_limits limits_;
  std::uint64_t inherited_;  // bytes that the worker was born with
  std::chrono::nanoseconds next_look_{0};
};

}  // namespace yoke::detail
