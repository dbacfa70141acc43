// Measures OpenMP for bench_arrays: reads a byte from stdin for each measurement wanted, and answers on stdout with the
// seconds as a double. "p" asks for a sum in plain order, "s" for one with SIMD.
#include "workloads/large_arrays.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

#include <unistd.h>

namespace {

double plain(const std::vector<double>& numbers) {
  double sum = 0;
#pragma omp parallel for reduction(+ : sum)
  for (std::size_t i = 0; i < numbers.size(); ++i) sum += numbers[i];
  return sum;
}

double with_simd(const std::vector<double>& numbers) {
  double sum = 0;
#pragma omp parallel for simd reduction(+ : sum)
  for (std::size_t i = 0; i < numbers.size(); ++i) sum += numbers[i];
  return sum;
}

}  // namespace

int main() {
  using clock = std::chrono::steady_clock;
  const std::vector<double> numbers(yoke::bench::numbers_to_sum, 1.0);
  for (char question = 0; ::read(STDIN_FILENO, &question, 1) == 1;) {
    const auto begin = clock::now();
    const double sum = question == 's' ? with_simd(numbers) : plain(numbers);
    const double seconds = std::chrono::duration<double>(clock::now() - begin).count();
    if (sum != static_cast<double>(numbers.size())) return 1;
    if (::write(STDOUT_FILENO, &seconds, sizeof seconds) != sizeof seconds) return 1;
  }
}
