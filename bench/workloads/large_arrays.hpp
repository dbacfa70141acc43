#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace yoke::bench {

/// What bench_arrays and its peers work on.
inline constexpr std::size_t numbers_to_sum = 100'000'000;
inline constexpr std::size_t numbers_to_sort = 5'000'000;

/// disorder returns doubles in no order, the same ones each time.
inline std::vector<double> disorder(std::size_t count = numbers_to_sort) {
  std::vector<double> numbers(count);
  std::uint64_t state = 1;
  for (double& number : numbers) {
    state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;  // Knuth's MMIX generator
    number = static_cast<double>(state >> 11);
  }
  return numbers;
}

}  // namespace yoke::bench
