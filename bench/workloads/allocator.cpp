#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"

#include <cstring>
#include <memory>

namespace yoke::bench {
namespace {

constexpr std::size_t places = 64;
constexpr std::size_t changes = 256;
constexpr std::size_t most_bytes = std::size_t{256} << 10U;  // the larger ones come from the system each time

std::uint64_t tasks(problem_size size) { return by_size<std::uint64_t>(size, 10, 200, 2000); }

/// Blocks of all sizes come and go in no order.
std::uint64_t churn(problem_size /*size*/, std::uint64_t item) {
  std::vector<std::unique_ptr<unsigned char[]>> blocks(places);
  std::uint64_t sum = 0;
  for (std::size_t change = 0; change < changes; ++change) {
    const std::uint64_t draw = mixed(item * changes + change);
    const std::size_t bytes = 16 + (most_bytes >> (draw % 14)) / 2;
    auto& block = blocks[(draw >> 32U) % places];
    if (block) sum += block[0];
    block = std::make_unique_for_overwrite<unsigned char[]>(bytes);
    std::memset(block.get(), static_cast<int>(draw & 0xffU), bytes);
  }
  return sum;
}

}  // namespace

workload allocator() {
  return with_numbers({.name = "allocator",
                       .summary = "memory of all sizes, allocated and freed in no order",
                       .family = "processes win",
                       .bound_by = {}},
                      churn, tasks);
}

}  // namespace yoke::bench
