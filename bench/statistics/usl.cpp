#include "bench/statistics/models.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::size_t least_points = 6;

using coefficients = std::array<double, 3>;

/// Of y = c0 + c1 (N - 1) + c2 N (N - 1), where y = N T(N).
coefficients terms(double workers) { return {1, workers - 1, workers * (workers - 1)}; }

/// least_squares solves the normal equations with only the chosen terms, by elimination.
std::optional<coefficients> least_squares(std::span<const double> workers, std::span<const double> work,
                                          const std::array<bool, 3>& chosen) {
  std::array<std::array<double, 4>, 3> rows{};
  for (std::size_t i = 0; i < workers.size(); ++i) {
    const coefficients term = terms(workers[i]);
    const double weight = 1 / (work[i] * work[i]);
    for (std::size_t r = 0; r < 3; ++r) {
      for (std::size_t c = 0; c < 3; ++c) rows[r][c] += weight * term[r] * term[c];
      rows[r][3] += weight * term[r] * work[i];
    }
  }
  for (std::size_t r = 0; r < 3; ++r) {
    if (chosen[r]) continue;
    rows[r] = {};
    for (auto& row : rows) row[r] = 0;
    rows[r][r] = 1;
  }
  for (std::size_t pivot = 0; pivot < 3; ++pivot) {
    if (!(std::abs(rows[pivot][pivot]) > 0)) return std::nullopt;
    for (std::size_t r = 0; r < 3; ++r) {
      if (r == pivot) continue;
      const double factor = rows[r][pivot] / rows[pivot][pivot];
      for (std::size_t c = pivot; c < 4; ++c) rows[r][c] -= factor * rows[pivot][c];
    }
  }
  return coefficients{rows[0][3] / rows[0][0], rows[1][3] / rows[1][1], rows[2][3] / rows[2][2]};
}

double residual(std::span<const double> workers, std::span<const double> work, const coefficients& c) {
  double sum = 0;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    const coefficients term = terms(workers[i]);
    const double error = (c[0] * term[0] + c[1] * term[1] + c[2] * term[2]) / work[i] - 1;
    sum += error * error;
  }
  return sum;
}

/// fit is the best of the fits in which no coefficient is negative.
coefficients fit(std::span<const double> workers, std::span<const double> work) {
  coefficients best{unknown, unknown, unknown};
  double least = std::numeric_limits<double>::infinity();
  for (const bool contention : {true, false}) {
    for (const bool coherence : {true, false}) {
      const auto tried = least_squares(workers, work, {true, contention, coherence});
      if (!tried || (*tried)[1] < 0 || (*tried)[2] < 0) continue;
      if (const double error = residual(workers, work, *tried); error < least) {
        least = error;
        best = *tried;
      }
    }
  }
  return best;
}

}  // namespace

usl_model usl(std::span<const scaling_point> points, double physical_cores) {
  usl_model model;
  std::set<int> distinct;
  std::vector<sample> samples;
  std::vector<double> workers;
  for (const scaling_point& each : points) {
    if (each.times.empty() || each.workers > physical_cores || !distinct.insert(each.workers).second) continue;
    samples.push_back(each.times);
    workers.push_back(each.workers);
    model.largest = std::max(model.largest, each.workers);
  }
  if (distinct.size() < least_points) {
    model.why_not = fmt::format("not enough points: {} numbers of workers within the physical cores, {} are needed",
                                distinct.size(), least_points);
    return model;
  }
  std::vector<double> work(workers.size());
  const auto found = bootstrap(samples, 2, [&](std::span<const double> times, std::span<double> out) {
    for (std::size_t i = 0; i < work.size(); ++i) work[i] = workers[i] * times[i];
    const coefficients c = fit(workers, work);
    out[0] = c[1] / c[0];
    out[1] = c[2] / c[0];
  });
  model.contention = found[0];
  model.coherence = found[1];
  return model;
}

double usl_model::speedup(double workers) const {
  if (!why_not.empty() || workers > 2 * largest) return unknown;
  return workers / (1 + contention.value * (workers - 1) + coherence.value * workers * (workers - 1));
}

double usl_model::best() const {
  if (!why_not.empty() || !(coherence.value > 0)) return unknown;
  const double peak = std::sqrt((1 - contention.value) / coherence.value);
  return peak <= 2 * largest ? std::max(1.0, peak) : unknown;
}

}  // namespace yoke::bench
