#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/item_work.hpp"

namespace yoke::bench {
namespace {

unsigned board(problem_size size) { return by_size(size, 8U, 14U, 16U); }

/// solutions counts the ways to fill the rows left, given the columns and diagonals that are under attack.
std::uint64_t solutions(unsigned full, unsigned columns, unsigned left, unsigned right) {
  if (columns == full) return 1;
  std::uint64_t count = 0;
  for (unsigned open = full & ~(columns | left | right); open != 0; open &= open - 1) {
    const unsigned queen = open & (0U - open);
    count += solutions(full, columns | queen, (left | queen) << 1U, (right | queen) >> 1U);
  }
  return count;
}

/// A prefix is where the queens of the first two rows stand.
std::uint64_t prefixes(problem_size size) { return std::uint64_t{board(size)} * board(size); }

std::uint64_t solutions_behind(problem_size size, std::uint64_t prefix) {
  const unsigned n = board(size);
  const unsigned first = 1U << (prefix / n);
  const unsigned second = 1U << (prefix % n);
  const unsigned left = first << 1U;
  const unsigned right = first >> 1U;
  if (((first | left | right) & second) != 0) return 0;
  return solutions((1U << n) - 1, first | second, (left | second) << 1U, (right | second) >> 1U);
}

}  // namespace

workload queens() {
  return with_numbers({.name = "queens",
                       .summary = "n queens, by the places of the first two",
                       .family = "cpu",
                       .bound_by = "CPU bound"},
                      solutions_behind, prefixes);
}

}  // namespace yoke::bench
