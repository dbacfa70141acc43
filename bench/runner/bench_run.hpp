#pragma once

#include "bench/results/results.hpp"
#include "bench/runner/cell_plan.hpp"
#include "bench/runner/cell_runner.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace yoke::bench {

/// run_request is a run as it was asked for.
struct run_request {
  plan_request what;
  int repetitions = 10;
  std::uint64_t seed = 1;
  std::optional<std::chrono::nanoseconds> budget;  ///< for all of it
  std::string command;                             ///< the command line that repeats it
};

/// run_step is what is measured next, for people who wait.
struct run_step {
  std::size_t done = 0;
  std::size_t all = 0;
  double seconds_left = 0;          ///< 0 where nobody can tell yet
  const cell_plan* next = nullptr;  ///< null while the machine's ceiling is measured
};

/// run_surroundings is what a run uses beside the cells' runner. Tests have a clock of their own.
struct run_surroundings {
  const std::atomic<bool>& interrupted;
  std::function<double()> now;  ///< seconds
  std::function<void(const run_step&)> tell = [](const run_step& /*step*/) {};
  std::chrono::milliseconds look{500};  ///< how long to look at the machine before and after
  int ceiling_rounds = 10;              ///< at most, of the ceiling's measurement
};

/// steady_seconds reads the steady clock.
double steady_seconds();

/// run_all measures: the machine before, its ceiling, the serial reference of each workload, then the cells in random
/// blocks, and the machine after. What failed once is not tried again.
///
/// When it is interrupted or its budget is spent, what was measured is returned, and plan.finished is false.
results run_all(const run_request& request, cell_runner& runner, const run_surroundings& around);

}  // namespace yoke::bench
