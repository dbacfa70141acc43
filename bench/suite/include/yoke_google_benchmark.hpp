#pragma once

#include <yoke/pool.hpp>

#include <chrono>
#include <type_traits>

#include <benchmark/benchmark.h>

namespace yoke {
inline namespace v0 {

/// time_on_pool runs `work(pool)` in each iteration of a Google Benchmark and tells it the wall time. The CPU clocks of
/// that library do not see worker processes that are alive, so the benchmark has to be registered with UseManualTime():
///
///     void squares(benchmark::State& state) {
///       yoke::pool pool{{.insights = yoke::insights_level::counters}};
///       yoke::time_on_pool(state, pool, [](yoke::pool& p) { return p.map(numbers, square); });
///     }
///     BENCHMARK(squares)->UseManualTime();
///
/// Counters, each per iteration: worker_cpu, the seconds of CPU time that the workers report, and worker_switches, how
/// often they had to wait. They stay 0 where the pool does not count (see insights_level).
template <class Work>
void time_on_pool(benchmark::State& state, pool& workers, const Work& work) {
  workers.reset_insights();
  for (auto _ : state) {
    const auto begun = std::chrono::steady_clock::now();
    if constexpr (std::is_void_v<std::invoke_result_t<const Work&, pool&>>) {
      work(workers);
    } else {
      benchmark::DoNotOptimize(work(workers));
    }
    state.SetIterationTime(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  }
  const worker_insights total = workers.insights().total();
  using benchmark::Counter;
  state.counters["worker_cpu"] = Counter{std::chrono::duration<double>(total.cpu()).count(), Counter::kAvgIterations};
  state.counters["worker_switches"] = Counter{static_cast<double>(total.voluntary_switches), Counter::kAvgIterations};
}

}  // namespace v0
}  // namespace yoke
