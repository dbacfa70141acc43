// What it costs to have a pool at all: making one, forking a team for one call, one item there and back, one chunk.
#include <yoke/pool.hpp>
#include <yoke/worker_entry.hpp>

#include "bench/support/child.hpp"
#include "bench/support/google_table.hpp"
#include "bench/support/program.hpp"
#include "bench/support/rounds.hpp"

#include <filesystem>
#include <optional>
#include <ranges>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/core.h>

namespace {

using namespace yoke::bench;

constexpr int round_trips = 2000;
constexpr int workers = 2;
constexpr int empty_items = 200'000;

char nothing(int /*item*/) { return 0; }

void construct(benchmark::State& state, yoke::backend kind) {
  for (auto _ : state) {
    std::optional<yoke::pool> pool;
    state.SetIterationTime(seconds_of([&] { pool.emplace(yoke::pool_options{.backend = kind, .workers = workers}); }));
  }
}

void construct_by_exec(benchmark::State& state) {
  for (auto _ : state) {
    std::optional<yoke::pool> pool;
    const yoke::pool_options options{.workers = workers, .start = yoke::start::exec};
    state.SetIterationTime(seconds_of([&] { pool.emplace(options); }));
  }
}

void destroy(benchmark::State& state, yoke::backend kind) {
  for (auto _ : state) {
    std::optional<yoke::pool> pool{std::in_place, yoke::pool_options{.backend = kind, .workers = workers}};
    pool->map(std::views::iota(0, workers), nothing);
    state.SetIterationTime(seconds_of([&] { pool.reset(); }));
  }
}

void call_time_team(benchmark::State& state) {
  yoke::pool pool{{.workers = workers}};
  int captured = 1;
  benchmark::DoNotOptimize(captured);
  for (auto _ : state) {
    const auto call = [&] { return pool.map(std::views::iota(0, 1), [&](int item) { return item + captured; }); };
    state.SetIterationTime(seconds_of([&] { benchmark::DoNotOptimize(call()); }));
  }
}

void round_trip(benchmark::State& state, yoke::backend kind) {
  yoke::pool pool{{.backend = kind, .workers = workers}};
  const auto call = [&] { benchmark::DoNotOptimize(pool.map(std::views::iota(0, 1), nothing)); };
  samples times;
  for (auto _ : state) {
    for (int trip = 0; trip < round_trips; ++trip) times.add(seconds_of(call));
    state.SetIterationTime(times.median());
  }
  state.counters["p50"] = times.median();
  state.counters["p99"] = times.quantile(0.99);
}

void empty_chunks(benchmark::State& state, yoke::backend kind) {
  yoke::pool pool{{.backend = kind, .workers = workers}};
  const auto call = [&] {
    benchmark::DoNotOptimize(pool.map(std::views::iota(0, empty_items), nothing, {.chunk = 1}));
  };
  for (auto _ : state) state.SetIterationTime(seconds_of(call) / empty_items);
}

void program(benchmark::State& state, const command& what) {
  for (auto _ : state) state.SetIterationTime(run(what).seconds);
}

/// add registers a benchmark of so many samples, each a repetition of its own: the table takes their median.
template <class Function, class... Arguments>
void add(const std::string& name, int samples, Function function, Arguments... arguments) {
  benchmark::RegisterBenchmark(name.c_str(), function, arguments...)
      ->UseManualTime()
      ->Iterations(1)
      ->Repetitions(samples);
}

void add_for_each_backend(const std::string& name, int samples, void (*function)(benchmark::State&, yoke::backend)) {
  for (const auto kind : {yoke::backend::processes, yoke::backend::threads, yoke::backend::serial}) {
    add(fmt::format("{}, {}", name, to_string(kind)), samples, function, kind);
  }
}

}  // namespace

int main(int argc, char** argv) {
  yoke::worker_entry(argc, argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  add_for_each_backend("construct a pool", 100, construct);
  add("construct a pool, process by start::exec", 100, construct_by_exec);
  add_for_each_backend("destroy a pool", 100, destroy);
  add_for_each_backend("map of one item", 9, round_trip);
  add("map of one item, call-time team", 100, call_time_team);
  add_for_each_backend("an empty item in a chunk", 9, empty_chunks);
  const auto yoke = program_beside("yoke");
  const bool built = std::filesystem::exists(yoke);
  add("start-up, true (for comparison)", 100, program, command{"true"});
  if (built) add("start-up, yoke --version", 100, program, command{yoke.string(), "--version"});

  const table figures{fmt::format("bench_start: pools of {} workers", workers),
                      "./dev bench start [--benchmark_filter=REGEX]"};
  google_table reporter{figures};
  reporter.expect("construct a pool, process", at_most(2e-3));
  reporter.expect("construct a pool, process by start::exec", at_most(10e-3));
  reporter.expect("start-up, yoke --version", at_most(5e-3));
  benchmark::RunSpecifiedBenchmarks(&reporter);
  if (!built) figures.note("no yoke beside this program: build the target yoke_cli for its start-up");
}
