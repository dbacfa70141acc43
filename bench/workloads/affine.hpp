#pragma once

#include <cstddef>
#include <numeric>
#include <vector>

namespace yoke::bench {

/// affine is a million numbers and next to nothing to do with each: what is measured is everything else.
struct affine {
  static constexpr std::size_t items = 1'000'000;

  double operator()(double x) const { return 2 * x + 1; }

  static std::vector<double> input() {
    std::vector<double> numbers(items);
    std::iota(numbers.begin(), numbers.end(), 0.0);
    return numbers;
  }
};

}  // namespace yoke::bench
