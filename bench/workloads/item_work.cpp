#include "bench/workloads/item_work.hpp"

#include "bench/workloads/digest.hpp"

#include <ranges>
#include <utility>

namespace yoke::bench {
namespace {

template <class Result>
using item_function = Result (*)(problem_size, std::uint64_t);

template <class Result>
struct item_call {
  item_function<Result> item;
  std::uint64_t length;
  std::uint64_t size;  // no padding: what lies in it would be taken for a pointer

  Result operator()(std::uint64_t index) const {
    return item(static_cast<problem_size>(size), index < length ? index : index % length);
  }
};

template <class Result>
std::vector<Result> looped(item_function<Result> item, period items, problem_size size) {
  const item_call<Result> call{item, items.length, static_cast<std::uint64_t>(size)};
  std::vector<Result> results;
  results.reserve(items.items);
  for (std::uint64_t index = 0; index < items.items; ++index) results.push_back(call(index));
  return results;
}

template <class Result>
std::vector<Result> mapped(item_function<Result> item, period items, problem_size size, yoke::pool& pool,
                           const call_options& options) {
  const item_call<Result> call{item, items.length, static_cast<std::uint64_t>(size)};
  return pool.map(std::views::iota(std::uint64_t{0}, items.items), call, options);
}

template <class Result, class Hash>
workload with_items(workload described, item_function<Result> item, item_count items, sending way, Hash hash) {
  described.items = items;
  described.scales = true;
  described.chunk = way == sending::one_by_one ? 1 : 0;
  described.serial = [item, items, hash](amount of) {
    return result_of([&] { return looped(item, {of.items, items(of)}, of); }, hash);
  };
  described.pooled = [item, items, hash, way](amount of, yoke::pool& pool) {
    return result_of([&] { return mapped(item, {of.items, items(of)}, of, pool, options_for(way)); }, hash);
  };
  return described;
}

}  // namespace

std::vector<std::uint64_t> numbers_of(item_number item, period items, problem_size size) {
  return looped(item, items, size);
}

std::vector<std::uint64_t> numbers_of(item_number item, period items, problem_size size, yoke::pool& pool,
                                      const call_options& options) {
  return mapped(item, items, size, pool, options);
}

std::vector<row> rows_of(item_row item, period items, problem_size size) { return looped(item, items, size); }

std::vector<row> rows_of(item_row item, period items, problem_size size, yoke::pool& pool,
                         const call_options& options) {
  return mapped(item, items, size, pool, options);
}

std::uint64_t hash_of_numbers(const std::vector<std::uint64_t>& numbers) { return digest_of(numbers); }
std::uint64_t hash_of_rows(const std::vector<row>& rows) { return digest_of(rows); }

workload with_numbers(workload described, item_number item, item_count items, sending way) {
  return with_items(std::move(described), item, items, way, hash_of_numbers);
}

workload with_rows(workload described, item_row item, item_count items, sending way) {
  return with_items(std::move(described), item, items, way, hash_of_rows);
}

}  // namespace yoke::bench
