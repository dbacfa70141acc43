// The smallest use: a function over many items, on all cores, results in input order.

#include <yoke/yoke.hpp>

#include <algorithm>
#include <iostream>
#include <ranges>

namespace {

long collatz_steps(long n) {
  long steps = 0;
  for (; n != 1; ++steps) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
  return steps;
}

}  // namespace

int main() {
  yoke::pool pool;
  const auto steps = pool.map(std::views::iota(1L, 1'000'000L), collatz_steps);

  const auto longest = std::ranges::max_element(steps);
  std::cout << "below a million, " << longest - steps.begin() + 1 << " takes the most steps: " << *longest << '\n';
}
