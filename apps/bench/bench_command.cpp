#include "bench/bench_command.hpp"

#include "bench/measure_loads.hpp"
#include "bench/workloads/workload_list.hpp"

namespace yoke::cli {

int run_bench(std::span<char*> arguments) {
  return measure_loads({.command = "yoke bench", .all = bench::workloads(), .quick = bench::quick_set()}, arguments);
}

}  // namespace yoke::cli
