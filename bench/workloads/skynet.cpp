#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/item_work.hpp"

namespace yoke::bench {
namespace {

constexpr std::uint64_t children = 10;

std::uint64_t leaves(problem_size size) { return by_size<std::uint64_t>(size, 1000, 100'000, 1'000'000); }
std::uint64_t tasks(problem_size size) { return leaves(size) / children; }

/// The sum of the numbers of all leaves below a node of the tree.
std::uint64_t sum_below(std::uint64_t first, std::uint64_t count) {
  if (count == 1) return first;
  std::uint64_t sum = 0;
  for (std::uint64_t child = 0; child < children; ++child)
    sum += sum_below(first + child * count / children, count / children);
  return sum;
}

std::uint64_t lowest_node(problem_size /*size*/, std::uint64_t index) { return sum_below(index * children, children); }

}  // namespace

workload skynet() {
  return with_numbers({.name = "skynet",
                       .summary = "a tree of tiny tasks: ten leaves each",
                       .family = "overhead",
                       .bound_by = "too fine"},
                      lowest_node, tasks, sending::one_by_one);
}

}  // namespace yoke::bench
