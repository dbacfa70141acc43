#pragma once

#include "bench/results/results.hpp"

#include <functional>
#include <vector>

namespace yoke::bench {

/// measure_ceiling lets 1 and each other number of independent spinners run, at most as many as there are usable
/// CPUs, since more go no further, in turn, `rounds` times after one round
/// that does not count. Ends early, with what there is, once `goes_on` is false. The calling process must have one
/// thread.
std::vector<ceiling_point> measure_ceiling(const std::vector<int>& workers, int rounds,
                                           const std::function<bool()>& goes_on);

}  // namespace yoke::bench
