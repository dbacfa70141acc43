// OpenMP's tasks, which write their result where the caller finds it: see task_questions.hpp. The round trip is a whole
// parallel region, as there is no other way to give one task to a waiting team.
#include "peers/task_questions.hpp"

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

int main() {
  return yoke::bench::task_questions::answer(
      [](int tasks) {
        std::vector<int> results(static_cast<std::size_t>(tasks));
#pragma omp parallel
#pragma omp single
        for (int n = 0; n < tasks; ++n) {
#pragma omp task shared(results) firstprivate(n)
          results[static_cast<std::size_t>(n)] = n + 1;
        }
        return std::accumulate(results.begin(), results.end(), std::int64_t{0}) ==
               std::int64_t{tasks} * (tasks + 1) / 2;
      },
      [](int n) {
        int result = 0;
#pragma omp parallel
#pragma omp single
#pragma omp task shared(result) firstprivate(n)
        result = n + 1;
        return result;
      });
}
