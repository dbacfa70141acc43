// What one would write by hand: forked children, each with a pipe for tasks and one for results, a number each way. See
// task_questions.hpp.
#include "peers/task_questions.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <thread>
#include <vector>

#include <unistd.h>

namespace {

/// pipe_worker is a child that answers n with n + 1.
class pipe_worker {
 public:
  pipe_worker() {
    std::array<int, 2> tasks{};
    std::array<int, 2> results{};
    if (::pipe(tasks.data()) != 0 || ::pipe(results.data()) != 0) std::exit(1);
    const pid_t child = ::fork();
    if (child < 0) std::exit(1);
    if (child == 0) {
      ::close(tasks[1]);
      ::close(results[0]);
      for (int n = 0; ::read(tasks[0], &n, sizeof n) == sizeof n;) {
        ++n;
        if (::write(results[1], &n, sizeof n) != sizeof n) break;
      }
      ::_exit(0);
    }
    ::close(tasks[0]);
    ::close(results[1]);
    tasks_ = tasks[1];
    results_ = results[0];
  }

  void send(int n) const {
    if (::write(tasks_, &n, sizeof n) != sizeof n) std::exit(1);
  }

  [[nodiscard]] int receive() const {
    int n = 0;
    if (::read(results_, &n, sizeof n) != sizeof n) std::exit(1);
    return n;
  }

 private:
  int tasks_ = -1;
  int results_ = -1;
};

}  // namespace

int main() {
  // Neither pipe may ever be full, or parent and child wait for each other: 64 KiB hold 16,384 numbers.
  constexpr int most_in_flight = 8'000;
  const std::vector<pipe_worker> workers(std::thread::hardware_concurrency());
  return yoke::bench::task_questions::answer(
      [&](int tasks) {
        std::int64_t sum = 0;
        const auto worker = [&](int n) -> const pipe_worker& {
          return workers[static_cast<std::size_t>(n) % workers.size()];
        };
        for (int n = 0; n < tasks; ++n) {
          if (n >= most_in_flight) sum += worker(n - most_in_flight).receive();
          worker(n).send(n);
        }
        for (int n = tasks - most_in_flight; n < tasks; ++n) sum += worker(n).receive();
        return sum == std::int64_t{tasks} * (tasks + 1) / 2;
      },
      [&](int n) {
        workers.front().send(n);
        return workers.front().receive();
      });
}
