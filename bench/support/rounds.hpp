#pragma once

#include "bench/support/samples.hpp"

#include <functional>
#include <vector>

namespace yoke::bench {

/// measurement measures one contender once and returns seconds, or whatever else is compared.
using measurement = std::function<double()>;

/// interleaved runs the contenders in turn, A B A B ..., for so many rounds, after one round that is thrown away.
std::vector<samples> interleaved(int rounds, const std::vector<measurement>& contenders);

/// seconds_of returns the wall time of one call.
double seconds_of(const std::function<void()>& work);

}  // namespace yoke::bench
