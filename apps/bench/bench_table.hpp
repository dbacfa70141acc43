#pragma once

#include "bench/statistics/analysis.hpp"

#include <string>

namespace yoke::cli {

/// bench_table is what a terminal shows of measurements, in 80 columns: for each workload the serial loop, each backend
/// and number of workers with its speedup and interval, and which of them to use.
std::string bench_table(const bench::analysis& of);

}  // namespace yoke::cli
