// One word chooses who runs the tasks; the answer is the same to the last bit.
// Usage: switching_backend [processes|threads|serial]...

#include <yoke/yoke.hpp>

#include <chrono>
#include <cmath>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

namespace {

double series(int n) {
  double sum = 0;
  for (int k = 1; k <= 2000; ++k) sum += std::sin(n * k) / k;
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, yoke::backend> backends{
      {"processes", yoke::backend::processes}, {"threads", yoke::backend::threads}, {"serial", yoke::backend::serial}};
  std::vector<std::string> names{argv + 1, argv + argc};
  if (names.empty()) names = {"processes", "threads", "serial"};

  std::optional<double> first;
  for (const auto& name : names) {
    if (!backends.contains(name)) {
      std::cerr << "switching_backend: there is no backend '" << name << "'; there are processes, threads and serial\n";
      return 1;
    }
    yoke::pool pool{backends.at(name)};
    const auto from = std::chrono::steady_clock::now();
    const auto sum = pool.reduce(pool.map(std::views::iota(0, 5000), series), std::plus<>{});
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - from;
    std::cout << std::hexfloat << *sum << std::defaultfloat << "  " << name << '\n';
    std::cerr << name << ": " << took.count() << " ms\n";
    if (*sum != first.value_or(*sum)) return 1;
    first = sum;
  }
}
