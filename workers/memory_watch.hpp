#pragma once

#include "queue/queue_layout.hpp"
#include "workers/lane_groups.hpp"

#include <chrono>
#include <cstdint>
#include <span>

#include <sys/types.h>

namespace yoke::detail {

/// memory_watch ends workers whose item has taken far more memory than a worker may have: for the supervisor, where
/// waiting for the end of the chunk would be too late.
class memory_watch {
 public:
  static constexpr std::uint64_t far_over = 2;  ///< times the limit

  /// `limit` is the bytes a worker may have of its own; 0 = no limit, and nothing is watched. `inherited` is what each
  /// has from birth, of the program's memory at the fork.
  memory_watch(const queue_layout& layout, std::uint64_t limit, std::uint64_t inherited)
      : layout_{layout}, limit_{limit}, inherited_{inherited} {}

  /// subject is a live worker: its seat, and the lane of its memory group where it has one.
  struct subject {
    pid_t pid = 0;
    std::uint32_t seat = 0;
    std::size_t lane = 0;
  };

  /// look kills what is far over among the `workers`, and says why in their seats. In a group, what a worker's tasks
  /// have started counts, too.
  void look(std::chrono::nanoseconds now, std::span<const subject> workers, lane_groups* groups);

  /// is_due tells whether look() has something to do.
  [[nodiscard]] bool is_due(std::chrono::nanoseconds now) const { return limit_ != 0 && now >= next_look_; }

  /// next_look is when look() has something to do again; max() when nothing is watched.
  [[nodiscard]] std::chrono::nanoseconds next_look() const;

 private:
  const queue_layout& layout_;
  std::uint64_t limit_;
  std::uint64_t inherited_;
  std::chrono::nanoseconds next_look_{0};
};

}  // namespace yoke::detail
