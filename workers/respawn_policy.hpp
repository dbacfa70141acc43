#pragma once

#include "engine/worker_hooks.hpp"
#include "queue/queue_layout.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace yoke::detail {

/// respawn_policy decides when a dead worker is replaced: at once, unless workers keep dying and nothing comes of the
/// work in between: no chunk is committed, none given up so that another one is begun.
class respawn_policy {
 public:
  static constexpr std::uint32_t free_deaths = 8;  ///< in a row without progress, before the first delay
  /// In a row without progress, before giving up: for each worker three items may be under way that take all their
  /// attempts in turn.
  static constexpr std::uint32_t most_deaths_each = 3 * 64;

  explicit respawn_policy(std::uint32_t workers) : most_deaths_{16 + most_deaths_each * workers} {}

  static constexpr std::chrono::seconds long_ago{10};  ///< without a death: what was before does not count
  static constexpr std::chrono::milliseconds first_delay{1};
  static constexpr std::chrono::milliseconds longest_delay{20};

  /// died counts a death at `now`, `progress` being a number that rises whenever something comes of the work.
  void died(std::chrono::nanoseconds now, std::uint64_t progress) {
    if (progress != progress_ || now - last_death_ > long_ago) in_a_row_ = 0;
    last_death_ = now;
    progress_ = progress;
    if (++in_a_row_ > free_deaths) not_before_ = now + delay();
  }

  /// never_began counts a worker that failed before it had begun; `beginnings` is how many have begun so far. One that
  /// was `killed` may have been so by anybody.
  void never_began(std::uint64_t beginnings, bool killed) {
    if (beginnings != beginnings_) false_starts_ = killed_starts_ = 0;
    beginnings_ = beginnings;
    ++(killed ? killed_starts_ : false_starts_);
  }

  /// start_failed counts a fork that failed at `now`: not worth giving up for while others work, `alive` in number.
  void start_failed(std::chrono::nanoseconds now, std::size_t alive) {
    if (alive == 0) ++in_a_row_;
    not_before_ = now + longest_delay;
  }

  /// may_start tells whether a replacement may start at `now`.
  [[nodiscard]] bool may_start(std::chrono::nanoseconds now) const { return !broken() && now >= not_before_; }
  [[nodiscard]] std::chrono::nanoseconds not_before() const { return not_before_; }

  /// broken says that it is no use to start more, and why.
  [[nodiscard]] bool broken() const { return why_broken() != breakdown::none; }
  [[nodiscard]] breakdown why_broken() const {
    if (false_starts_ >= most_false_starts || killed_starts_ >= most_killed_starts) return breakdown::false_starts;
    return in_a_row_ >= most_deaths_ ? breakdown::deaths : breakdown::none;
  }

 private:
  [[nodiscard]] std::chrono::nanoseconds delay() const {
    const auto doublings = std::min<std::uint32_t>(in_a_row_ - free_deaths - 1, 10);
    return std::min<std::chrono::nanoseconds>(longest_delay, first_delay * (1U << doublings));
  }

  std::uint32_t most_deaths_;
  std::uint32_t in_a_row_ = 0;
  std::uint64_t progress_ = 0;
  std::uint32_t false_starts_ = 0;   // in a row
  std::uint32_t killed_starts_ = 0;  // along with those
  std::uint64_t beginnings_ = 0;
  std::chrono::nanoseconds last_death_{0};
  std::chrono::nanoseconds not_before_{0};
};

}  // namespace yoke::detail
