#include "bench/statistics/bootstrap.hpp"

#include "bench/statistics/sample.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <random>

namespace yoke::bench {
namespace {

constexpr std::size_t resamples = 2000;
constexpr std::size_t few = 24;  // up to here sorting by insertion is faster than any selection
constexpr std::uint32_t seed = 20150115;

/// below returns one of 0 ... count - 1, by multiplication: a division for each of millions of draws is what takes
/// time.
std::size_t below(std::size_t count, std::mt19937& random) {
  return static_cast<std::size_t>((std::uint64_t{random()} * count) >> 32);
}

/// median_in_place is the median of a scratch array, without sorting all of it.
double median_in_place(std::span<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  if (values.size() <= few) {
    for (auto end = values.begin() + 1; end != values.end(); ++end)
      std::rotate(std::upper_bound(values.begin(), end, *end), end, end + 1);
  } else {
    std::nth_element(values.begin(), middle, values.end());
  }
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

}  // namespace

std::vector<interval> bootstrap(std::span<const sample> samples, std::size_t figures,
                                const std::function<void(std::span<const double>, std::span<double>)>& statistic) {
  std::vector<double> medians;
  std::vector<double> made(figures);
  for (const sample each : samples) medians.push_back(median(each));
  statistic(medians, made);
  std::vector<interval> found(figures);
  for (std::size_t f = 0; f < figures; ++f) found[f].value = made[f];
  if (std::ranges::any_of(samples, [](sample each) { return each.size() < 2; })) return found;

  std::mt19937 random{seed};
  std::vector<double> drawn;
  std::vector<std::vector<double>> all(figures);
  for (std::size_t round = 0; round < resamples; ++round) {
    for (std::size_t s = 0; s < samples.size(); ++s) {
      drawn.resize(samples[s].size());
      for (double& each : drawn) each = samples[s][below(samples[s].size(), random)];
      medians[s] = median_in_place(drawn);
    }
    statistic(medians, made);
    for (std::size_t f = 0; f < figures; ++f)
      if (!std::isnan(made[f])) all[f].push_back(made[f]);
  }
  for (std::size_t f = 0; f < figures; ++f) {
    found[f].low = quantile(all[f], 0.025);
    found[f].high = quantile(all[f], 0.975);
  }
  return found;
}

interval bootstrap(std::span<const sample> samples, const std::function<double(std::span<const double>)>& statistic) {
  return bootstrap(samples, 1,
                   [&](std::span<const double> medians, std::span<double> out) { out[0] = statistic(medians); })[0];
}

interval median_of(sample of) {
  return bootstrap(std::array{of}, [](std::span<const double> medians) { return medians[0]; });
}

interval ratio_of_medians(sample over, sample under) {
  return bootstrap(std::array{over, under}, [](std::span<const double> medians) { return medians[0] / medians[1]; });
}

difference difference_of(const interval& ratio, double noise) {
  if (std::isnan(ratio.low) || std::isnan(ratio.high)) return difference::unclear;
  if (ratio.high < 1 - noise) return difference::faster;
  if (ratio.low > 1 + noise) return difference::slower;
  return difference::none;
}

}  // namespace yoke::bench
