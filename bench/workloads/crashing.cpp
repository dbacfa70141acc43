#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"
#include "bench/workloads/shared_memory.hpp"
#include "bench/workloads/spinning.hpp"

#include <algorithm>
#include <csignal>

namespace yoke::bench {
namespace {

constexpr std::uint64_t one_in = 50;

std::uint64_t tasks(problem_size size) { return by_size<std::uint64_t>(size, 50, 400, 4000); }

/// What survives the worker: whether an item has crashed already. The serial reference never crashes.
struct history {
  std::span<std::uint8_t> crashed;
};
history past;

void prepare(problem_size size) {
  calibrate_spinning();
  past.crashed = shared_values<std::uint8_t>(tasks(size));
}

/// One item in fifty falls over at its first attempt, as code with a bug that depends on its surroundings does.
std::uint64_t fragile(problem_size /*size*/, std::uint64_t item) {
  spin(std::chrono::microseconds{200});
  if (item % one_in == one_in / 2 && past.crashed[item] == 0) {
    past.crashed[item] = 1;
    std::signal(SIGSEGV, SIG_DFL);
    std::raise(SIGSEGV);
  }
  return mixed(item);
}

timed serial(problem_size size) {
  std::ranges::fill(past.crashed, std::uint8_t{1});
  return result_of([&] { return numbers_of(fragile, tasks(size), size); }, hash_of_numbers);
}

timed pooled(problem_size size, yoke::pool& pool) {
  std::ranges::fill(past.crashed, std::uint8_t{0});
  const call_options twice{.attempts = 2};
  return result_of([&] { return numbers_of(fragile, tasks(size), size, pool, twice); }, hash_of_numbers);
}

}  // namespace

workload crashing() {
  return {.name = "crashing",
          .summary = "one task in fifty crashes at its first attempt",
          .family = "processes win",
          .bound_by = {},
          .items = tasks,
          .serial = serial,
          .pooled = pooled,
          .prepare = prepare,
          .needs_isolation = true};
}

}  // namespace yoke::bench
