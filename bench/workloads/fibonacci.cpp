#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/item_work.hpp"

#include <bit>

namespace yoke::bench {
namespace {

constexpr unsigned levels = 9;  // of the tree of calls above the cut-off: 512 tasks of very unequal length

unsigned argument(problem_size size) { return by_size(size, 22U, 41U, 44U); }
std::uint64_t tasks(problem_size /*size*/) { return 1U << levels; }

std::uint64_t fibonacci(unsigned n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

/// A task's bits say for each level whether the call is the left one, for n - 1, or the right one, for n - 2.
std::uint64_t below_cut_off(problem_size size, std::uint64_t path) {
  return fibonacci(argument(size) - levels - static_cast<unsigned>(std::popcount(path)));
}

}  // namespace

workload fibonacci_calls() {
  return with_numbers({.name = "fibonacci",
                       .summary = "recursive Fibonacci numbers, cut off nine levels down",
                       .family = "overhead",
                       .bound_by = "CPU bound"},
                      below_cut_off, tasks);
}

}  // namespace yoke::bench
