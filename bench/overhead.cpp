// What a single task costs: many in flight, one there and back, and a pool that has nothing to do.
#include <yoke/pool.hpp>

#include "bench/peers/task_questions.hpp"
#include "bench/support/descendants.hpp"
#include "bench/support/program.hpp"
#include "bench/support/rounds.hpp"
#include "bench/support/table.hpp"

#include <chrono>
#include <cstdint>
#include <ctime>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fmt/core.h>

namespace {

using namespace yoke::bench;
using namespace std::chrono_literals;

int next(int n) { return n + 1; }

/// seconds_per_task submits all tasks and then gets all results.
double seconds_per_task(yoke::pool& pool) {
  constexpr int tasks = task_questions::tasks;
  std::int64_t sum = 0;
  const double seconds = seconds_of([&] {
    std::vector<yoke::future<int>> futures;
    for (int n = 0; n < tasks; ++n) futures.push_back(pool.submit([](int each) { return next(each); }, n));
    for (auto& future : futures) sum += future.get();
  });
  if (sum != std::int64_t{tasks} * (tasks + 1) / 2) throw std::runtime_error("the results are wrong");
  return seconds / tasks;
}

double seconds_of_trip(yoke::pool& pool, double share) {
  const double seconds = task_questions::quantile_of_trips(
      [&](int n) { return pool.submit([](int each) { return next(each); }, n).get(); }, share);
  if (seconds < 0) throw std::runtime_error("the results are wrong");
  return seconds;
}

double cpu_time() {
  timespec own{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
  return static_cast<double>(own.tv_sec) + static_cast<double>(own.tv_nsec) / 1e9 + descendants_cpu_time();
}

/// idle_share returns what part of one CPU this program and its pools use while nothing is asked of them.
double idle_share() {
  std::this_thread::sleep_for(100ms);
  const double before = cpu_time();
  return seconds_of([] { std::this_thread::sleep_for(2s); }) > 0 ? (cpu_time() - before) / 2 : 0;
}

void measure(int rounds) {
  const table figures{fmt::format("bench_overhead: single tasks, {} rounds", rounds), "./dev bench overhead [ROUNDS]"};
  adopt_orphans();
  yoke::pool processes;  // before any thread exists
  yoke::pool threads{yoke::backend::threads};
  const auto measured = interleaved(
      rounds, {[&] { return seconds_per_task(processes); }, [&] { return seconds_per_task(threads); },
               [&] { return seconds_of_trip(processes, 0.5); }, [&] { return seconds_of_trip(processes, 0.99); },
               [&] { return seconds_of_trip(threads, 0.5); }, [&] { return seconds_of_trip(threads, 0.99); }});
  figures.note(fmt::format("submit and get of {} trivial tasks in flight, per task:", task_questions::tasks));
  figures.row("  processes", measured[0], unit::seconds, at_most(600e-9));
  figures.row("  threads", measured[1], unit::seconds, at_most(300e-9));
  figures.note("one task there and back, the pool being warm:");
  figures.row("  processes, median", measured[2], unit::seconds, at_most(10e-6));
  figures.row("  processes, 99th percentile", measured[3], unit::seconds, at_most(100e-6));
  figures.row("  threads, median", measured[4], unit::seconds);
  figures.row("  threads, 99th percentile", measured[5], unit::seconds);
  samples idle;
  for (int round = 0; round < 3; ++round) idle.add(idle_share());
  figures.note("both pools with nothing to do, as a part of one CPU:");
  figures.row("  idle", idle, unit::times, at_most(0.005));
}

}  // namespace

int main(int argc, char** argv) { return run_benchmark(argc, argv, 9, measure); }
