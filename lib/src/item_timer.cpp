#include <yoke/detail/item_timer.hpp>

#include "sys/clock.hpp"

#include <algorithm>

namespace yoke::detail {

void item_timer::begin(std::uint64_t offset) {
  if (since_.count() != 0 && offset == offset_) return;
  const auto now = monotonic_now();
  keep(now);
  offset_ = offset;
  since_ = now;
}

void item_timer::end() {
  keep(monotonic_now());
  since_ = {};
}

void item_timer::keep(std::chrono::nanoseconds now) {
  const auto took = now - since_;
  if (since_.count() == 0 || took <= slowest_.back().took) return;
  slowest_.back() = {.offset = offset_, .took = took};
  for (std::size_t place = slowest_.size() - 1; place > 0 && slowest_[place - 1].took < took; --place) {
    std::swap(slowest_[place - 1], slowest_[place]);
  }
}

}  // namespace yoke::detail
