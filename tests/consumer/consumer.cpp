#include <yoke/version.hpp>
#include <yoke/yoke.hpp>

#include <iostream>
#include <numeric>
#include <vector>

/// Squares on processes: the library links, forks, and comes back with everything in order.
int main() {
  std::vector<int> numbers(1000);
  std::iota(numbers.begin(), numbers.end(), 0);
  yoke::pool pool;
  const std::vector<long> squares = pool.map(numbers, [](int n) { return long{n} * n; });
  std::cout << "yoke " << yoke::version << ": 999 squared is " << squares.back() << '\n';
  return squares.size() == numbers.size() && squares.back() == 998'001 ? 0 : 1;
}
