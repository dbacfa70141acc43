// What a single task costs, beside what it costs others: many in flight, one there and back, a pool with nothing to do.
#include <yoke/pool.hpp>

#include "bench/peers/task_questions.hpp"
#include "bench/support/child.hpp"
#include "bench/support/descendants.hpp"
#include "bench/support/program.hpp"
#include "bench/support/rounds.hpp"
#include "bench/support/table.hpp"

#include <chrono>
#include <cstdint>
#include <ctime>
#include <deque>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
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

/// contender is a peer, where it has been built.
struct contender {
  const char* program;
  const char* name;
  bool slow = false;  ///< takes seconds, and is asked less often
};
constexpr contender contenders[]{
    {"peer_tbb_tasks", "oneTBB, threads"},
    {"peer_openmp_tasks", "OpenMP, threads"},
    {"peer_asio_tasks", "Boost.Asio, threads"},
    {"peer_async_tasks", "std::async, a thread each"},
    {"peer_pipe_tasks", "fork and pipes, processes"},
    {"peer_python_pool_tasks", "multiprocessing.Pool", true},
    {"peer_python_executor_tasks", "ProcessPoolExecutor", true},
};

/// present starts a contender; null, with a note, where it cannot be.
peer* present(std::deque<peer>& all, const contender& which, const table& figures) {
  const auto program = program_beside(which.program);
  if (!std::filesystem::exists(program)) {
    figures.note(
        fmt::format("  {}: no {} beside this program, see the configuration's output", which.name, which.program));
    return nullptr;
  }
  try {
    all.emplace_back(program.string()).measure('r');
  } catch (const std::exception& error) {
    figures.note(fmt::format("  {}: {}", which.name, error.what()));
    return nullptr;
  }
  return &all.back();
}

/// row_beside is a contender's figure, and how many times ours it is, by the rounds in which both were measured.
void row_beside(const table& figures, const std::string& name, const samples& theirs, const samples& ours) {
  figures.row("  " + name, theirs, unit::seconds);
  figures.row("    over processes", theirs / ours, unit::times);
}

void measure_idle(const table& figures) {
  samples idle;
  for (int round = 0; round < 3; ++round) idle.add(idle_share());
  figures.note("both pools with nothing to do, as a part of one CPU:");
  figures.row("  idle", idle, unit::times, at_most(0.005));
}

void measure(int rounds) {
  const table figures{fmt::format("bench_overhead: single tasks, {} rounds", rounds), "./dev bench overhead [ROUNDS]"};
  adopt_orphans();
  yoke::pool processes;  // before any thread exists
  yoke::pool threads{yoke::backend::threads};
  measure_idle(figures);

  std::deque<peer> running;
  std::vector<std::pair<const contender*, std::size_t>> fast;  // with the place of its first figure
  std::vector<std::pair<const contender*, peer*>> slow;
  std::vector<std::function<double()>> asked{
      [&] { return seconds_per_task(processes); },     [&] { return seconds_per_task(threads); },
      [&] { return seconds_of_trip(processes, 0.5); }, [&] { return seconds_of_trip(processes, 0.99); },
      [&] { return seconds_of_trip(threads, 0.5); },   [&] { return seconds_of_trip(threads, 0.99); }};
  for (const contender& each : contenders) {
    peer* const one = present(running, each, figures);
    if (one == nullptr) continue;
    if (each.slow) {
      slow.emplace_back(&each, one);
      continue;
    }
    fast.emplace_back(&each, asked.size());
    for (const char question : {'s', 'r', 'R'}) asked.emplace_back([one, question] { return one->measure(question); });
  }
  const auto measured = interleaved(rounds, asked);

  figures.note(fmt::format("submit and get of {} trivial tasks in flight, per task:", task_questions::tasks));
  figures.row("  processes", measured[0], unit::seconds, at_most(600e-9));
  figures.row("  threads", measured[1], unit::seconds, at_most(300e-9));
  for (const auto& [which, at] : fast) row_beside(figures, which->name, measured[at], measured[0]);
  figures.note("one task there and back, the pool being warm:");
  figures.row("  processes, median", measured[2], unit::seconds, at_most(10e-6));
  figures.row("  processes, 99th percentile", measured[3], unit::seconds, at_most(100e-6));
  figures.row("  threads, median", measured[4], unit::seconds);
  figures.row("  threads, 99th percentile", measured[5], unit::seconds);
  for (const auto& [which, at] : fast) {
    row_beside(figures, std::string{which->name} + ", median", measured[at + 1], measured[2]);
    figures.row(std::string{"  "} + which->name + ", 99th percentile", measured[at + 2], unit::seconds);
  }

  constexpr int few = 3;
  for (const auto& [which, one] : slow) {
    const auto both = interleaved(
        few, {[&] { return seconds_per_task(processes); }, [&, peer = one] { return peer->measure('s'); },
              [&] { return seconds_of_trip(processes, 0.5); }, [&, peer = one] { return peer->measure('r'); }});
    figures.note(fmt::format("{}, {} rounds of its own:", which->name, few));
    row_beside(figures, "in flight, per task", both[1], both[0]);
    row_beside(figures, "there and back, median", both[3], both[2]);
  }
}

}  // namespace

int main(int argc, char** argv) { return run_benchmark(argc, argv, 9, measure); }
