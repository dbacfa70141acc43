#pragma once

#include "bench/workloads/workload.hpp"

#include <cstdint>
#include <vector>

namespace yoke::bench {

/// row is what an item returns where a number is not enough.
using row = std::vector<std::uint64_t>;

/// An item is a function of the size and the item's index, and of what prepare() has made.
using item_number = std::uint64_t (*)(problem_size, std::uint64_t);
using item_row = row (*)(problem_size, std::uint64_t);
using item_count = std::uint64_t (*)(problem_size);

/// period is a number of items, and after how many of them they begin again.
struct period {
  std::uint64_t items;
  std::uint64_t length;
  period(std::uint64_t all) : items{all}, length{all} {}  // NOLINT(google-explicit-constructor)
  period(std::uint64_t all, std::uint64_t usual) : items{all}, length{usual} {}
};

/// numbers_of and rows_of run items, in a loop or on a pool. Most workloads come down to them, so pool::map is compiled
/// twice for all of them together.
std::vector<std::uint64_t> numbers_of(item_number item, period items, problem_size size);
std::vector<std::uint64_t> numbers_of(item_number item, period items, problem_size size, yoke::pool& pool,
                                      const call_options& options);
std::vector<row> rows_of(item_row item, period items, problem_size size);
std::vector<row> rows_of(item_row item, period items, problem_size size, yoke::pool& pool, const call_options& options);

/// sending says how many items travel together.
enum class sending : std::uint8_t { by_time, one_by_one };

constexpr call_options options_for(sending way) {
  return way == sending::one_by_one ? call_options{.chunk = 1} : call_options{};
}

std::uint64_t hash_of_numbers(const std::vector<std::uint64_t>& numbers);
std::uint64_t hash_of_rows(const std::vector<row>& rows);

/// with_numbers fills in the runs of a workload whose items are independent and give a number each.
workload with_numbers(workload described, item_number item, item_count items, sending way = sending::by_time);

/// with_rows fills in those of one whose items give a row each.
workload with_rows(workload described, item_row item, item_count items, sending way = sending::by_time);

}  // namespace yoke::bench
