#include <numeric>
#include <vector>

#include <yoke_bench.hpp>

/// Divisors of numbers, counted: a program that measures a function of its own.
int main(int argc, char** argv) {
  std::vector<int> numbers(200);
  std::iota(numbers.begin(), numbers.end(), 10'000);
  yoke::bench_suite suite;
  suite.add("divisors", numbers, [](int number) {
    int count = 0;
    for (int divisor = 1; divisor <= number; ++divisor) count += number % divisor == 0 ? 1 : 0;
    return count;
  });
  suite.add("squares", numbers, [](int number) { return std::vector<int>{number, number * number}; }, {.chunk = 10});
  return suite.main(argc, argv);
}
