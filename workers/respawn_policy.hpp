#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace yoke::detail {

/// respawn_policy decides when a dead worker is replaced: at once, unless workers keep dying and nobody gets any work
/// done in between.
class respawn_policy {
 public:
  static constexpr std::uint32_t free_deaths = 8;  ///< in a row without a commit, before the first delay
  /// in a row without a commit, before giving up; more than one item may have, so that it fails first, by its name
  static constexpr std::uint32_t most_deaths = 80;
  static constexpr std::chrono::seconds long_ago{10};  ///< without a death: what was before does not count
  static constexpr std::chrono::milliseconds first_delay{1};
  static constexpr std::chrono::milliseconds longest_delay{100};

  /// died counts a death at `now`, `commits` chunks having been committed by all workers so far.
  void died(std::chrono::nanoseconds now, std::uint64_t commits) {
    if (commits != commits_ || now - last_death_ > long_ago) in_a_row_ = 0;
    last_death_ = now;
    commits_ = commits;
    if (++in_a_row_ > free_deaths) not_before_ = now + delay();
  }

  /// start_failed counts a fork that failed at `now`: not worth giving up for while others work, `alive` in number.
  void start_failed(std::chrono::nanoseconds now, std::size_t alive) {
    if (alive == 0) ++in_a_row_;
    not_before_ = now + longest_delay;
  }

  /// may_start tells whether a replacement may start at `now`.
  [[nodiscard]] bool may_start(std::chrono::nanoseconds now) const { return !broken() && now >= not_before_; }
  [[nodiscard]] std::chrono::nanoseconds not_before() const { return not_before_; }

  /// broken says that it is no use to start more.
  [[nodiscard]] bool broken() const { return in_a_row_ >= most_deaths; }

 private:
  [[nodiscard]] std::chrono::nanoseconds delay() const {
    const auto doublings = std::min<std::uint32_t>(in_a_row_ - free_deaths - 1, 10);
    return std::min<std::chrono::nanoseconds>(longest_delay, first_delay * (1U << doublings));
  }

  std::uint32_t in_a_row_ = 0;
  std::uint64_t commits_ = 0;
  std::chrono::nanoseconds last_death_{0};
  std::chrono::nanoseconds not_before_{0};
};

}  // namespace yoke::detail
