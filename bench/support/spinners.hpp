#pragma once

#include <cstddef>
#include <functional>

namespace yoke::bench {

/// seconds_per_work forks `count` children that start together, do `work` once each and share nothing, and returns what
/// they need together for one piece of work: 1 / (1/t1 + 1/t2 + ...).
///
/// The same for one child divided by this is the machine's ceiling: the speedup that no scheduler can beat here.
double seconds_per_work(std::size_t count, const std::function<void()>& work);

}  // namespace yoke::bench
