// A table that all tasks count in. Threads count in the one table; processes have to send what they have counted.
#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"

#include <atomic>
#include <memory>

namespace yoke::bench {
namespace {

constexpr std::size_t places = std::size_t{1} << 15U;
constexpr std::uint64_t counts_a_task = 5000;

std::uint64_t tasks(problem_size size) { return by_size<std::uint64_t>(size, 20, 1000, 20'000); }

std::size_t place_of(std::uint64_t item, std::uint64_t count) { return mixed(item * counts_a_task + count) % places; }

std::unique_ptr<std::atomic<std::uint64_t>[]> table;

void clear_table() { table = std::make_unique<std::atomic<std::uint64_t>[]>(places); }

row contents() {
  row counts(places);
  for (std::size_t place = 0; place < places; ++place) counts[place] = table[place].load(std::memory_order_relaxed);
  return counts;
}

std::uint64_t count_in_place(problem_size /*size*/, std::uint64_t item) {
  for (std::uint64_t count = 0; count < counts_a_task; ++count)
    table[place_of(item, count)].fetch_add(1, std::memory_order_relaxed);
  return item;
}

/// The places that a task has met, each as often as it has.
row places_met(problem_size /*size*/, std::uint64_t item) {
  row met(counts_a_task);
  for (std::uint64_t count = 0; count < counts_a_task; ++count) met[count] = place_of(item, count);
  return met;
}

timed serial(problem_size size) {
  clear_table();
  return result_of(
      [&] {
        numbers_of(count_in_place, tasks(size), size);
        return contents();
      },
      hash_of_numbers);
}

timed pooled(problem_size size, yoke::pool& pool) {
  clear_table();
  std::chrono::nanoseconds own{0};
  timed result = result_of(
      [&] {
        if (pool.describe().shares_memory) {
          numbers_of(count_in_place, tasks(size), size, pool, {});
        } else {
          const auto all_met = rows_of(places_met, tasks(size), size, pool, {});
          const stopwatch watch;
          for (const row& met : all_met) {
            for (const std::uint64_t place : met) table[place].fetch_add(1, std::memory_order_relaxed);
          }
          own = watch.cpu();
        }
        return contents();
      },
      hash_of_numbers);
  result.own = own;
  return result;
}

}  // namespace

workload shared_table() {
  return {.name = "shared_table",
          .summary = "one table that all tasks count in",
          .family = "processes lose",
          .bound_by = {},
          .items = tasks,
          .serial = serial,
          .pooled = pooled};
}

}  // namespace yoke::bench
