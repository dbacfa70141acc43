#include "bench/statistics/sample.hpp"

#include "bench/results/unknown.hpp"

#include <algorithm>
#include <cmath>

namespace yoke::bench {

double quantile(std::span<const double> values, double share) {
  if (values.empty()) return unknown;
  std::vector<double> sorted{values.begin(), values.end()};
  std::ranges::sort(sorted);
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

double median(std::span<const double> values) { return quantile(values, 0.5); }

double median_deviation(std::span<const double> values) {
  const double middle = median(values);
  std::vector<double> distances;
  for (const double each : values) distances.push_back(std::abs(each - middle));
  return median(distances);
}

std::vector<std::size_t> outliers(std::span<const double> values) {
  constexpr double normal = 1.4826;
  constexpr double limit = 3.5;
  const double middle = median(values);
  const double far = limit * normal * median_deviation(values);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (far > 0 && std::abs(values[i] - middle) > far) found.push_back(i);
  return found;
}

}  // namespace yoke::bench
