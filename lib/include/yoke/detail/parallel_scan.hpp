#pragma once

#include <yoke/detail/parallel_sort.hpp>
#include <yoke/detail/pool_access.hpp>
#include <yoke/detail/reduce_steps.hpp>
#include <yoke/pool.hpp>
#include <yoke/shared_array.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace yoke {
inline namespace v0 {

/// scan_block returns how many neighbouring elements inclusive_scan treats as one block, for `elements` of them: a
/// function of that number alone, and so is the order of operations.
constexpr std::size_t scan_block(std::size_t elements) {
  constexpr std::size_t most_blocks = 512;
  constexpr std::size_t smallest = std::size_t{1} << 13;
  return std::max(smallest, (elements + most_blocks - 1) / most_blocks);
}

}  // namespace v0
}  // namespace yoke

namespace yoke::detail {

/// fold joins items by runs, as a leaf of a reduction does.
template <class T, class Operation>
T fold(std::span<const T> items, const Operation& operation) {
  const auto fold_run = [&](std::size_t first) {
    T sum = items[first];
    for (std::size_t k = first + 1; k < std::min(items.size(), first + run_length); ++k) {
      sum = std::invoke(operation, std::move(sum), items[k]);
    }
    return sum;
  };
  T sum = fold_run(0);
  for (std::size_t k = run_length; k < items.size(); k += run_length) {
    sum = std::invoke(operation, std::move(sum), fold_run(k));
  }
  return sum;
}

/// scan_part writes the running totals of `in` to `out`; `before` is the total of what comes before, or null.
template <class T, class Operation>
void scan_part(std::span<const T> in, T* out, const T* before, const Operation& operation) {
  T sum = before == nullptr ? in.front() : std::invoke(operation, *before, in.front());
  *out = sum;
  for (const T& item : in.subspan(1)) {
    sum = std::invoke(operation, std::move(sum), item);
    *++out = sum;
  }
}

/// scan_between does it; `initial` may be null.
template <class T, class Operation>
void scan_between(pool& on, std::span<const T> in, std::span<T> out, const T* initial, const Operation& operation) {
  constexpr std::less<> less;
  if (in.size() != out.size()) {
    throw std::invalid_argument("yoke: inclusive_scan has " + std::to_string(in.size()) + " elements and room for " +
                                std::to_string(out.size()) + " results: make the output as long as the input");
  }
  const pool_core& core = pool_access::core(on);
  core.require_writable(std::as_bytes(in), "inclusive_scan");
  core.require_writable(std::as_bytes(out), "inclusive_scan");
  if (in.empty()) return;
  if (less(in.data(), out.data() + out.size()) && less(out.data(), in.data() + in.size())) {
    throw std::invalid_argument(
        "yoke: inclusive_scan writes over its own input, so that it could not run again what a killed worker was at: "
        "give it an output of its own");
  }
  const std::size_t block = scan_block(in.size());
  const std::size_t blocks = (in.size() + block - 1) / block;
  const auto part_of = [block](auto items, std::size_t b) {
    return items.subspan(b * block, std::min(block, items.size() - b * block));
  };
  const auto total_of = [in, operation, part_of](std::size_t b) { return fold(part_of(in, b), operation); };

  std::vector<T> totals;
  totals.reserve(blocks);
  if (initial != nullptr) totals.push_back(*initial);
  for (const T& total : on.map(counted{0, blocks - 1}, total_of)) {
    totals.push_back(totals.empty() ? total : std::invoke(operation, T{totals.back()}, total));
  }
  const shared_array<T> before{on, totals};
  const std::size_t without = initial == nullptr ? 1 : 0;  // blocks that have nothing before them
  const auto scan_one = [in, operation, part_of, out = out.data(), block, without,
                         before = before.view()](std::size_t b) {
    scan_part(part_of(in, b), out + b * block, b < without ? nullptr : &before[b - without], operation);
    return true;
  };
  on.map(counted{0, blocks}, scan_one);
}

}  // namespace yoke::detail
