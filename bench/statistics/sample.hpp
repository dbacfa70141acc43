#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace yoke::bench {

/// quantile interpolates between neighbours; NaN of no values.
double quantile(std::span<const double> values, double share);

/// median is quantile(values, 0.5).
double median(std::span<const double> values);

/// median_deviation is the median distance from the median (MAD, not scaled).
double median_deviation(std::span<const double> values);

/// outliers returns the indices of values farther from the median than 3.5 times the MAD scaled to a normal
/// distribution's standard deviation (Iglewicz and Hoaglin 1993). They are to be shown, never to be dropped.
std::vector<std::size_t> outliers(std::span<const double> values);

}  // namespace yoke::bench
