#pragma once

#include <span>

namespace yoke::cli {

/// run_bench is `yoke bench`: measure_loads with the workloads of this project. Throws command_error.
int run_bench(std::span<char*> arguments);

}  // namespace yoke::cli
