// A race: an update that reads, adds and writes back loses what another has written in between. Shown by counting, and
// cured by an atomic addition. The memory is shared, so processes race as threads do.
#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"
#include "bench/workloads/shared_memory.hpp"

#include <atomic>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::uint64_t updates = 10'000;

std::uint64_t tasks(problem_size size) { return by_size<std::uint64_t>(size, 8, 400, 4000); }

using counter = std::atomic<std::uint64_t>;
std::span<counter> counters;  // the careless one and the careful one

void prepare(problem_size /*size*/) { counters = shared_values<counter>(2); }

std::uint64_t count_carelessly(problem_size /*size*/, std::uint64_t item) {
  for (std::uint64_t i = 0; i < updates; ++i)
    counters[0].store(counters[0].load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return item;
}

std::uint64_t count_carefully(problem_size /*size*/, std::uint64_t item) {
  for (std::uint64_t i = 0; i < updates; ++i) counters[1].fetch_add(1, std::memory_order_relaxed);
  return item;
}

template <class Run>
timed both(problem_size size, const Run& run) {
  for (counter& each : counters) each = 0;
  timed result = result_of(
      [&] {
        run(count_carelessly);
        run(count_carefully);
        return counters[1].load();
      },
      [](std::uint64_t counted) { return counted; });
  const std::uint64_t wanted = updates * tasks(size);
  result.note = fmt::format("read, add, write back: {} of {} updates lost; atomic: {}", wanted - counters[0].load(),
                            wanted, wanted - counters[1].load());
  return result;
}

timed serial(problem_size size) {
  return both(size, [size](item_number item) { numbers_of(item, tasks(size), size); });
}

timed pooled(problem_size size, yoke::pool& pool) {
  return both(size, [&](item_number item) { numbers_of(item, tasks(size), size, pool, {}); });
}

}  // namespace

workload race() {
  return {.name = "race",
          .summary = "a counter without and with atomic updates",
          .family = "hazard",
          .bound_by = {},
          .items = tasks,
          .serial = serial,
          .pooled = pooled,
          .prepare = prepare};
}

}  // namespace yoke::bench
