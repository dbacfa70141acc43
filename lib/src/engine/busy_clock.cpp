#include "engine/busy_clock.hpp"

#include <algorithm>

namespace yoke::detail {

namespace {
constexpr auto never = std::chrono::nanoseconds::max();
}

void busy_clock::start(std::chrono::nanoseconds now) {
  spells_.push_back({.began = now, .ended = never, .before = at(now)});
}

void busy_clock::stop(std::chrono::nanoseconds now) {
  if (!spells_.empty()) spells_.back().ended = now;
}

std::chrono::nanoseconds busy_clock::at(std::chrono::nanoseconds when) const {
  const auto later = std::ranges::upper_bound(spells_, when, {}, &spell::began);
  if (later == spells_.begin()) return spells_.empty() ? std::chrono::nanoseconds{0} : later->before;
  const spell& last = *std::prev(later);
  return last.before + std::min(when, last.ended) - last.began;
}

void busy_clock::forget() {
  if (!spells_.empty()) spells_.erase(spells_.begin(), std::prev(spells_.end()));
}

}  // namespace yoke::detail
