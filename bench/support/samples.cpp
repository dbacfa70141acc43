#include "bench/support/samples.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace yoke::bench {

double samples::quantile(double share) const {
  if (values_.empty()) throw std::logic_error("a quantile of no samples");
  std::vector<double> sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

double samples::spread() const { return (quantile(0.75) - quantile(0.25)) / 2 / median(); }

samples operator/(const samples& over, const samples& under) {
  if (over.size() != under.size()) throw std::logic_error("a ratio of figures from different rounds");
  samples ratios;
  for (std::size_t round = 0; round < over.size(); ++round) ratios.add(over[round] / under[round]);
  return ratios;
}

}  // namespace yoke::bench
