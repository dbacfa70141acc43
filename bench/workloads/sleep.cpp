#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/item_work.hpp"

#include <chrono>
#include <thread>

namespace yoke::bench {
namespace {

std::uint64_t naps(problem_size size) { return by_size<std::uint64_t>(size, 8, 80, 2000); }

std::uint64_t nap(problem_size /*size*/, std::uint64_t item) {
  std::this_thread::sleep_for(std::chrono::milliseconds{1});
  return item;
}

}  // namespace

workload sleep() {
  return with_numbers({.name = "sleep",
                       .summary = "tasks that wait a millisecond, as for a network",
                       .family = "io",
                       .bound_by = "latency or I/O bound"},
                      nap, naps, sending::one_by_one);
}

}  // namespace yoke::bench
