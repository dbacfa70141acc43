#include "bench/support/samples.hpp"

#include "bench/statistics/sample.hpp"

#include <stdexcept>

namespace yoke::bench {

double samples::quantile(double share) const {
  if (values_.empty()) throw std::logic_error("a quantile of no samples");
  return bench::quantile(values_, share);
}

double samples::spread() const { return (quantile(0.75) - quantile(0.25)) / 2 / median(); }

samples operator/(const samples& over, const samples& under) {
  if (over.size() != under.size()) throw std::logic_error("a ratio of figures from different rounds");
  samples ratios;
  for (std::size_t round = 0; round < over.size(); ++round) ratios.add(over[round] / under[round]);
  return ratios;
}

}  // namespace yoke::bench
