#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <yoke_google_benchmark.hpp>

namespace {

constexpr int iterations = 3;

void spin_on_processes(benchmark::State& state) {
  yoke::pool pool{{.workers = 2, .insights = yoke::insights_level::counters}};
  yoke::time_on_pool(state, pool, [](yoke::pool& workers) {
    return workers.map(std::vector<unsigned>(8, 3'000'000), [](unsigned rounds) {
      unsigned value = rounds;
      for (unsigned round = 0; round < rounds; ++round) value = value * 1664525U + 1013904223U;
      return value;
    });
  });
}

/// Keeps what a benchmark reports.
class listener : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& /*context*/) override { return true; }
  void ReportRuns(const std::vector<Run>& all) override { runs.insert(runs.end(), all.begin(), all.end()); }
  std::vector<Run> runs;
};

TEST(google_benchmark_process, is_told_wall_time_and_what_workers_used) {
  benchmark::RegisterBenchmark("spin", spin_on_processes)->UseManualTime()->Iterations(iterations);
  listener heard;
  ASSERT_EQ(benchmark::RunSpecifiedBenchmarks(&heard, "spin"), 1U);
  ASSERT_EQ(heard.runs.size(), 1U);
  EXPECT_EQ(heard.runs[0].iterations, iterations);
  EXPECT_GT(heard.runs[0].real_accumulated_time, 0);
  EXPECT_GT(heard.runs[0].counters.at("worker_cpu"), 0);
}

}  // namespace
