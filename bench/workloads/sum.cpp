#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"

#include <numeric>

namespace yoke::bench {
namespace {

constexpr std::uint64_t block = 1 << 16;  // numbers

std::uint64_t blocks(problem_size size) { return by_size<std::uint64_t>(size, 8, 128, 1024); }
std::uint64_t passes(problem_size size) { return by_size<std::uint64_t>(size, 2, 12, 16); }
std::uint64_t block_passes(problem_size size) { return blocks(size) * passes(size); }

std::vector<std::uint64_t> numbers;

void prepare(problem_size size) {
  numbers.resize(blocks(size) * block);
  std::iota(numbers.begin(), numbers.end(), mixed(1));
}

std::uint64_t sum_block(problem_size size, std::uint64_t index) {
  const auto first = numbers.begin() + static_cast<std::ptrdiff_t>(index % blocks(size) * block);
  return std::accumulate(first, first + static_cast<std::ptrdiff_t>(block), index);
}

}  // namespace

workload sum() {
  return with_numbers({.name = "sum",
                       .summary = "sums of numbers that fit no cache, half a megabyte a block",
                       .family = "memory",
                       .bound_by = {},
                       .prepare = prepare},
                      sum_block, block_passes);
}

}  // namespace yoke::bench
