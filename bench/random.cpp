// What random numbers cost, in nanoseconds, against the generator of the standard library that people use.
#include <yoke/random.hpp>

#include "support/google_table.hpp"

#include <cstdint>
#include <random>
#include <string>

#include <benchmark/benchmark.h>

namespace {

using namespace yoke::bench;

constexpr int repetitions = 9;

template <class Generator>
void one_number(benchmark::State& state) {
  Generator numbers{1};
  for (auto _ : state) benchmark::DoNotOptimize(numbers());
}

template <class Generator>
void one_normal(benchmark::State& state) {
  Generator numbers{1};
  std::normal_distribution<double> normal;
  for (auto _ : state) benchmark::DoNotOptimize(normal(numbers));
}

template <class Generator>
void one_item(benchmark::State& state) {
  std::uint64_t item = 0;
  for (auto _ : state) {
    Generator numbers{++item};
    benchmark::DoNotOptimize(numbers());
  }
}

void add(const std::string& name, void (*function)(benchmark::State&)) {
  benchmark::RegisterBenchmark(name.c_str(), function)->Repetitions(repetitions);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  add("64 bits, std::mt19937_64", one_number<std::mt19937_64>);
  add("64 bits, yoke::random_stream", one_number<yoke::random_stream>);
  add("a normal number, std::mt19937_64", one_normal<std::mt19937_64>);
  add("a normal number, yoke::random_stream", one_normal<yoke::random_stream>);
  add("a generator of its own and a number, std::mt19937_64", one_item<std::mt19937_64>);
  add("a generator of its own and a number, yoke::random_stream", one_item<yoke::random_stream>);
  const table figures{"bench_random: random numbers keyed by item", "./dev bench random [--benchmark_filter=REGEX]"};
  google_table reporter{figures};
  benchmark::RunSpecifiedBenchmarks(&reporter);
}
