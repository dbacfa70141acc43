#pragma once

#include <cstddef>
#include <functional>
#include <optional>

namespace yoke::bench {

/// seconds_per_work forks `count` children that start together, do `work` once each and share nothing, and returns what
/// they need together for one piece of work: 1 / (1/t1 + 1/t2 + ...).
///
/// The same for one child divided by this is the machine's ceiling: the speedup that no scheduler can beat here.
double seconds_per_work(std::size_t count, const std::function<void()>& work);

/// The same, unless `goes_on` is false, which is asked before each child is waited for and after each signal: then all
/// of them are ended, and there is nothing.
std::optional<double> seconds_per_work(std::size_t count, const std::function<void()>& work,
                                       const std::function<bool()>& goes_on);

}  // namespace yoke::bench
