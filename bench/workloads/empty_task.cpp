#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/item_work.hpp"

namespace yoke::bench {
namespace {

std::uint64_t nothing(problem_size /*size*/, std::uint64_t item) { return item; }

std::uint64_t tasks(problem_size size) { return by_size<std::uint64_t>(size, 500, 20'000, 500'000); }

}  // namespace

workload empty_task() {
  return with_numbers({.name = "empty",
                       .summary = "tasks that do nothing, sent one by one",
                       .family = "overhead",
                       .bound_by = "too fine",
                       .item_seconds = 0},
                      nothing, tasks, sending::one_by_one);
}

}  // namespace yoke::bench
