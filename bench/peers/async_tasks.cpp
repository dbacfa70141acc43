// std::async on single tasks, a thread for each: see task_questions.hpp. So many threads at once are more than a
// machine may have, so tasks go in batches; the time per task is what it is.
#include "peers/task_questions.hpp"

#include <algorithm>
#include <cstdint>
#include <future>
#include <vector>

int main() {
  constexpr int most_threads = 500;
  const auto submit = [](int n) { return std::async(std::launch::async, [n] { return n + 1; }); };
  return yoke::bench::task_questions::answer(
      [&](int tasks) {
        std::int64_t sum = 0;
        std::vector<std::future<int>> results;
        for (int done = 0; done < tasks; done += most_threads) {
          for (int n = done; n < std::min(done + most_threads, tasks); ++n) results.push_back(submit(n));
          for (auto& result : results) sum += result.get();
          results.clear();
        }
        return sum == std::int64_t{tasks} * (tasks + 1) / 2;
      },
      [&](int n) { return submit(n).get(); });
}
