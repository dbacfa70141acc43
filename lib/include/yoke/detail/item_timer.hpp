#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace yoke::detail {

/// item_time is how long one item of a chunk took; 0 means that there is none.
struct item_time {
  std::uint64_t offset = 0;  ///< in the chunk
  std::chrono::nanoseconds took{0};
};

/// slow_items are the slowest of a chunk, the slowest first.
using slow_items = std::array<item_time, 3>;

/// item_timer times the items of one chunk, one reading of the clock for each, and keeps the slowest.
class item_timer {
 public:
  /// begin ends the item before, if there is one, and starts that with this offset. Again the same: it goes on.
  void begin(std::uint64_t offset);

  /// end ends the last item.
  void end();

  [[nodiscard]] const slow_items& slowest() const { return slowest_; }

 private:
  void keep(std::chrono::nanoseconds now);

  std::uint64_t offset_ = 0;
  std::chrono::nanoseconds since_{0};  // 0 while there is no item
  slow_items slowest_{};
};

}  // namespace yoke::detail
