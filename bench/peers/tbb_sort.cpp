// Measures oneTBB for bench_arrays: reads a byte from stdin for each sort wanted, and answers on stdout with the
// seconds as a double.
#include "workloads/large_arrays.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include <tbb/parallel_sort.h>
#include <unistd.h>

int main() {
  using clock = std::chrono::steady_clock;
  const auto numbers = yoke::bench::disorder();
  for (char question = 0; ::read(STDIN_FILENO, &question, 1) == 1;) {
    auto sorted = numbers;
    const auto begin = clock::now();
    tbb::parallel_sort(sorted.begin(), sorted.end());
    const double seconds = std::chrono::duration<double>(clock::now() - begin).count();
    if (!std::is_sorted(sorted.begin(), sorted.end())) return 1;
    if (::write(STDOUT_FILENO, &seconds, sizeof seconds) != sizeof seconds) return 1;
  }
}
