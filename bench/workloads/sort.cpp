#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"

#include <algorithm>
#include <utility>

namespace yoke::bench {
namespace {

constexpr std::uint64_t blocks_in_all = 16;

std::uint64_t length(problem_size size) { return by_size<std::uint64_t>(size, 1 << 13, 1 << 20, 1 << 24); }
std::uint64_t blocks(problem_size /*size*/) { return blocks_in_all; }

row keys;

void prepare(problem_size size) {
  keys.resize(length(size));
  for (std::uint64_t at = 0; at < keys.size(); ++at) keys[at] = mixed(at);
}

row sort_block(problem_size size, std::uint64_t block) {
  const auto width = static_cast<std::ptrdiff_t>(length(size) / blocks_in_all);
  const auto first = keys.begin() + static_cast<std::ptrdiff_t>(block) * width;
  row sorted(first, first + width);
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

/// The calling thread merges neighbours until one is left.
row merge_all(std::vector<row> sorted) {
  for (; sorted.size() > 1; sorted.resize(sorted.size() / 2)) {
    for (std::size_t pair = 0; pair < sorted.size() / 2; ++pair) {
      const row& left = sorted[2 * pair];
      const row& right = sorted[2 * pair + 1];
      row merged(left.size() + right.size());
      std::merge(left.begin(), left.end(), right.begin(), right.end(), merged.begin());
      sorted[pair] = std::move(merged);
    }
  }
  return std::move(sorted.front());
}

timed serial(problem_size /*size*/) {
  return result_of(
      [] {
        row sorted = keys;
        std::sort(sorted.begin(), sorted.end());
        return sorted;
      },
      hash_of_numbers);
}

timed pooled(problem_size size, yoke::pool& pool) {
  std::chrono::nanoseconds own{0};
  timed result = result_of(
      [&] {
        std::vector<row> sorted = rows_of(sort_block, blocks_in_all, size, pool, {});
        const stopwatch merging;
        row merged = merge_all(std::move(sorted));
        own = merging.cpu();
        return merged;
      },
      hash_of_numbers);
  result.own = own;
  return result;
}

}  // namespace

workload sort() {
  return {.name = "sort",
          .summary = "sorted blocks, merged by the caller",
          .family = "memory",
          .bound_by = {},
          .items = blocks,
          .serial = serial,
          .pooled = pooled,
          .prepare = prepare};
}

}  // namespace yoke::bench
