#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

#include <unistd.h>

namespace yoke::bench {

/// task_questions are what bench_overhead asks a peer about single tasks: one byte on stdin, a double on stdout.
///
///     's'  seconds per task: 200,000 trivial tasks submitted at once, then all their results
///     'r'  seconds from submitting one task to having its result, the pool being warm and idle: median of 2,000
///     'R'  the same, 99th percentile
namespace task_questions {

inline constexpr int tasks = 200'000;
inline constexpr int round_trips = 2'000;

using clock = std::chrono::steady_clock;

inline double seconds_since(clock::time_point begin) {
  return std::chrono::duration<double>(clock::now() - begin).count();
}

/// quantile_of_trips runs `round_trip` again and again and returns the time that this share of them did not exceed;
/// negative where an answer is wrong.
template <class RoundTrip>
double quantile_of_trips(RoundTrip round_trip, double share) {
  std::vector<double> times;
  for (int trip = 0; trip < round_trips; ++trip) {
    const auto begin = clock::now();
    if (round_trip(trip) != trip + 1) return -1;
    times.push_back(seconds_since(begin));
  }
  const auto place = static_cast<std::ptrdiff_t>(share * (round_trips - 1));
  std::nth_element(times.begin(), times.begin() + place, times.end());
  return times[static_cast<std::size_t>(place)];
}

/// answer serves questions until there are no more, and returns the exit status. `all_tasks(n)` submits n tasks and
/// gets their results, false where one is wrong; `round_trip(n)` is the answer of one, n + 1.
template <class AllTasks, class RoundTrip>
int answer(AllTasks all_tasks, RoundTrip round_trip) {
  for (char question = 0; ::read(STDIN_FILENO, &question, 1) == 1;) {
    double seconds = 0;
    if (question == 's') {
      const auto begin = clock::now();
      if (!all_tasks(tasks)) return 1;
      seconds = seconds_since(begin) / tasks;
    } else {
      seconds = quantile_of_trips(round_trip, question == 'R' ? 0.99 : 0.5);
    }
    if (seconds < 0) return 1;
    if (::write(STDOUT_FILENO, &seconds, sizeof seconds) != sizeof seconds) return 1;
  }
  return 0;
}

}  // namespace task_questions
}  // namespace yoke::bench
