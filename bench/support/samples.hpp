#pragma once

#include <cstddef>
#include <vector>

namespace yoke::bench {

/// samples are repeated measurements of one figure, in the order of the rounds.
class samples {
 public:
  void add(double value) { values_.push_back(value); }

  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] double operator[](std::size_t round) const { return values_[round]; }

  /// quantile interpolates between neighbours; quantile(0.5) is the median.
  [[nodiscard]] double quantile(double share) const;
  [[nodiscard]] double median() const { return quantile(0.5); }

  /// spread is half the interquartile range as a part of the median: what a rerun may easily differ by.
  [[nodiscard]] double spread() const;

 private:
  std::vector<double> values_;
};

/// operator/ divides round by round, so that what slows a whole round down cancels out.
samples operator/(const samples& over, const samples& under);

}  // namespace yoke::bench
