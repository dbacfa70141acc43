#include "bench/statistics/models.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace yoke::bench {

double karp_flatt(double speedup, double workers) {
  if (workers <= 1) return unknown;
  return (1 / speedup - 1 / workers) / (1 - 1 / workers);
}

interval karp_flatt(const interval& speedup, double workers) {
  return {karp_flatt(speedup.value, workers), karp_flatt(speedup.high, workers), karp_flatt(speedup.low, workers)};
}

amdahl_model amdahl(sample one, sample many, int workers) {
  amdahl_model model{karp_flatt(ratio_of_medians(one, many), workers), {}};
  const auto limit = [](double serial) {
    return std::isnan(serial) ? unknown : serial <= 0 ? std::numeric_limits<double>::infinity() : 1 / serial;
  };
  model.limit = {limit(model.serial.value), limit(model.serial.high), limit(model.serial.low)};
  return model;
}

interval slope(std::span<const counted> points) {
  std::vector<sample> samples;
  double centre = 0;
  for (const counted& each : points) {
    samples.push_back(each.times);
    centre += each.items / static_cast<double>(points.size());
  }
  double square = 0;
  for (const counted& each : points) square += (each.items - centre) * (each.items - centre);
  if (!(square > 0)) return {};
  return bootstrap(samples, [&](std::span<const double> medians) {
    double sum = 0;
    for (std::size_t i = 0; i < points.size(); ++i) sum += (points[i].items - centre) * medians[i];
    return sum / square;
  });
}

break_even_point break_even(std::vector<grain> curve, double efficiency) {
  using place = break_even_point::place;
  std::erase_if(curve, [](const grain& g) { return !(g.item_seconds > 0) || std::isnan(g.efficiency); });
  if (curve.empty()) return {};
  std::ranges::sort(curve, {}, &grain::item_seconds);
  if (curve.back().efficiency < efficiency) return {place::above, curve.back().item_seconds};
  std::size_t first = curve.size() - 1;
  while (first > 0 && curve[first - 1].efficiency >= efficiency) --first;
  if (first == 0) return {place::below, curve.front().item_seconds};
  const grain& under = curve[first - 1];
  const grain& over = curve[first];
  const double share = (efficiency - under.efficiency) / (over.efficiency - under.efficiency);
  return {place::at, std::exp(std::lerp(std::log(under.item_seconds), std::log(over.item_seconds), share))};
}

}  // namespace yoke::bench
