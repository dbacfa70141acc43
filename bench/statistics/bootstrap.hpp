#pragma once

#include "bench/results/unknown.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace yoke::bench {

/// interval is a figure with the bounds that hold the truth in 95 of 100 cases. Without bounds (one repetition only)
/// they are NaN.
struct interval {
  double value = unknown;
  double low = unknown;
  double high = unknown;

  [[nodiscard]] bool contains(double truth) const { return low <= truth && truth <= high; }
};

/// sample is the repetitions of one figure.
using sample = std::span<const double>;

/// bootstrap returns statistic(medians of the samples) with its percentile interval, from 2,000 resamples of each
/// sample with replacement and a fixed seed: the same samples give the same interval. Resamples for which the statistic
/// is NaN do not count. Bounds are NaN where a sample has fewer than two repetitions. Costs time in proportion to
/// 2,000 times all repetitions.
interval bootstrap(std::span<const sample> samples, const std::function<double(std::span<const double>)>& statistic);

/// bootstrap of several figures at once: statistic fills its second argument, of `figures` numbers.
std::vector<interval> bootstrap(std::span<const sample> samples, std::size_t figures,
                                const std::function<void(std::span<const double>, std::span<double>)>& statistic);

/// median_of is the median with its interval.
interval median_of(sample of);

/// ratio_of_medians is median(over) / median(under).
interval ratio_of_medians(sample over, sample under);

/// difference is what can be said of a ratio of times, new over old.
enum class difference : unsigned char {
  none,     ///< the interval straddles 1 - noise or 1 + noise, or lies between them
  faster,   ///< all of it is below 1 - noise
  slower,   ///< all of it is above 1 + noise
  unclear,  ///< there is no interval
};

/// difference_of judges a ratio against the share `noise` that means nothing.
difference difference_of(const interval& ratio, double noise);

}  // namespace yoke::bench
