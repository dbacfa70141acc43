#pragma once

#include "bench/bench_request.hpp"

#include <span>

namespace yoke::cli {

/// measure_loads measures what a command line chooses of the known workloads and prints a table. Returns 0, 1 where
/// something is slower than the baseline, 4 where a workload failed, or 130 when interrupted; then, too, what was
/// measured is written. Throws command_error.
int measure_loads(const known_loads& known, std::span<char*> arguments);

}  // namespace yoke::cli
