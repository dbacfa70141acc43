// What it costs to have a pool at all: making one, forking a team for one call, one item there and back, one chunk.
#include <yoke/pool.hpp>

#include "support/child.hpp"
#include "support/google_table.hpp"
#include "support/program.hpp"
#include "support/rounds.hpp"

#include <array>
#include <filesystem>
#include <optional>
#include <ranges>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/core.h>

namespace {

using namespace yoke::bench;

constexpr int repetitions = 9;
constexpr int workers = 2;
constexpr int empty_items = 200'000;

char nothing(int /*item*/) { return 0; }

void construct(benchmark::State& state, yoke::backend kind) {
  for (auto _ : state) {
    std::optional<yoke::pool> pool;
    state.SetIterationTime(seconds_of([&] { pool.emplace(yoke::pool_options{.backend = kind, .workers = workers}); }));
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
  samples times;
  for (auto _ : state) {
    const double seconds = seconds_of([&] { benchmark::DoNotOptimize(pool.map(std::views::iota(0, 1), nothing)); });
    times.add(seconds);
    state.SetIterationTime(seconds);
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

template <class Function, class... Arguments>
void add(const std::string& name, int iterations, Function function, Arguments... arguments) {
  benchmark::RegisterBenchmark(name.c_str(), function, arguments...)
      ->UseManualTime()
      ->Iterations(iterations)
      ->Repetitions(repetitions);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  constexpr std::array kinds{yoke::backend::processes, yoke::backend::threads, yoke::backend::serial};
  for (const auto kind : kinds) add(fmt::format("construct a pool, {}", to_string(kind)), 20, construct, kind);
  for (const auto kind : kinds) add(fmt::format("destroy a pool, {}", to_string(kind)), 20, destroy, kind);
  for (const auto kind : kinds) add(fmt::format("map of one item, {}", to_string(kind)), 2000, round_trip, kind);
  add("map of one item, call-time team", 20, call_time_team);
  for (const auto kind : kinds)
    add(fmt::format("an empty item in a chunk, {}", to_string(kind)), 1, empty_chunks, kind);
  const auto yoke = program_beside("yoke");
  const bool built = std::filesystem::exists(yoke);
  add("start-up, true (for comparison)", 20, program, command{"true"});
  if (built) add("start-up, yoke --version", 20, program, command{yoke.string(), "--version"});

  const table figures{fmt::format("bench_start: {} workers, {} repetitions", workers, repetitions),
                      "./dev bench start [--benchmark_filter=REGEX]"};
  google_table reporter{figures};
  reporter.expect("construct a pool, process", at_most(2e-3));
  reporter.expect("start-up, yoke --version", at_most(5e-3));
  benchmark::RunSpecifiedBenchmarks(&reporter);
  if (!built) figures.note("no yoke beside this program: build the target yoke_cli for its start-up");
}
