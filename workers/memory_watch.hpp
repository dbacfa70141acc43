#pragma once

#include "queue/queue_layout.hpp"

#include <chrono>
#include <cstdint>
#include <unordered_map>

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

  /// look kills what is far over among the live `workers` (pid to seat), and says why in their seats.
  void look(std::chrono::nanoseconds now, const std::unordered_map<pid_t, std::uint32_t>& workers);

  /// next_look is when look() has something to do again; max() when nothing is watched.
  [[nodiscard]] std::chrono::nanoseconds next_look() const;

 private:
  const queue_layout& layout_;
  std::uint64_t limit_;
  std::uint64_t inherited_;
  std::chrono::nanoseconds next_look_{0};
};

}  // namespace yoke::detail
