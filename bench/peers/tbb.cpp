// Measures oneTBB for bench_million: reads a byte from stdin for each measurement wanted, and answers on stdout with
// the seconds as a double. "v" asks for a vector; "a" for an array that nobody has filled with zeros first; "V" and "A"
// for the same in fresh memory.
#include "bench/workloads/affine.hpp"
#include "bench/workloads/result_memory.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <unistd.h>

namespace {

using yoke::bench::affine;

void fill(const std::vector<double>& numbers, double* results) {
  tbb::parallel_for(tbb::blocked_range<std::size_t>{0, numbers.size()},
                    [&](const tbb::blocked_range<std::size_t>& part) {
                      for (std::size_t i = part.begin(); i < part.end(); ++i) results[i] = affine{}(numbers[i]);
                    });
}

bool right(const std::vector<double>& numbers, const double* results) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (results[i] != affine{}(numbers[i])) return false;
  }
  return true;
}

}  // namespace

int main() {
  using namespace yoke::bench;
  using clock = std::chrono::steady_clock;
  const auto numbers = affine::input();
  for (char question = 0; ::read(STDIN_FILENO, &question, 1) == 1;) {
    const bool wants_vector = question == 'v' || question == 'V';
    choose_memory(question == 'V' || question == 'A' ? result_memory::fresh : result_memory::used);
    std::vector<double> vector;
    std::unique_ptr<double[]> array;
    const auto begin = clock::now();
    if (wants_vector) {
      vector.resize(numbers.size());
    } else {
      array = std::make_unique_for_overwrite<double[]>(numbers.size());
    }
    double* const results = wants_vector ? vector.data() : array.get();
    fill(numbers, results);
    const double seconds = std::chrono::duration<double>(clock::now() - begin).count();
    if (!right(numbers, results)) return 1;
    if (::write(STDOUT_FILENO, &seconds, sizeof seconds) != sizeof seconds) return 1;
  }
}
