// oneTBB's task_group on single tasks, which write their result where the caller finds it: see task_questions.hpp. The
// caller works, too, while it waits; a task_group has no futures.
#include "peers/task_questions.hpp"

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include <tbb/task_group.h>

int main() {
  tbb::task_group group;
  return yoke::bench::task_questions::answer(
      [&](int tasks) {
        std::vector<int> results(static_cast<std::size_t>(tasks));
        for (int n = 0; n < tasks; ++n) {
          group.run([&results, n] { results[static_cast<std::size_t>(n)] = n + 1; });
        }
        group.wait();
        return std::accumulate(results.begin(), results.end(), std::int64_t{0}) ==
               std::int64_t{tasks} * (tasks + 1) / 2;
      },
      [&](int n) {
        int result = 0;
        group.run([&result, n] { result = n + 1; });
        group.wait();
        return result;
      });
}
