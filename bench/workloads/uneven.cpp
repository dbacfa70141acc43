// Loads that a good scheduler cannot help: work that cannot be divided, and a source that is slower than the workers.
#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"
#include "bench/workloads/spinning.hpp"

namespace yoke::bench {
namespace {

constexpr std::uint64_t tasks_in_all = 21;
constexpr std::uint64_t batch = 20;

std::chrono::microseconds unit(problem_size size) { return std::chrono::microseconds{by_size(size, 50, 1000, 10'000)}; }

void prepare(problem_size /*size*/) { calibrate_spinning(); }

std::uint64_t tasks(problem_size /*size*/) { return tasks_in_all; }

/// The last task is as long as all others together.
std::uint64_t long_last(problem_size size, std::uint64_t item) {
  spin(unit(size) * (item + 1 < tasks_in_all ? 2 : 2 * (static_cast<int>(tasks_in_all) - 1)));
  return item;
}

std::uint64_t batches(problem_size size) { return by_size<std::uint64_t>(size, 2, 10, 50); }
std::uint64_t batch_tasks(problem_size size) { return batches(size) * batch; }

std::uint64_t short_task(problem_size size, std::uint64_t item) {
  spin(unit(size) / 4);
  return item;
}

/// The caller prepares each batch alone, which takes half as long as a worker needs for it.
template <class Run>
timed in_batches(problem_size size, const Run& run) {
  std::chrono::nanoseconds own{0};
  timed result = result_of(
      [&] {
        std::uint64_t hash = 0;
        for (std::uint64_t done = 0; done < batches(size); ++done) {
          const stopwatch preparing;
          spin(unit(size) * static_cast<int>(batch) / 8);
          own += preparing.cpu();
          hash = digest_of(run(), hash);
        }
        return hash;
      },
      [](std::uint64_t hash) { return hash; });
  result.own = own;
  return result;
}

timed read_serially(problem_size size) {
  return in_batches(size, [size] { return numbers_of(short_task, batch, size); });
}

timed read_pooled(problem_size size, yoke::pool& pool) {
  return in_batches(size, [&] { return numbers_of(short_task, batch, size, pool, options_for(sending::one_by_one)); });
}

}  // namespace

workload long_last_task() {
  return with_numbers({.name = "long_last",
                       .summary = "the last task is as long as all others together",
                       .family = "hazard",
                       .bound_by = "imbalanced",
                       .prepare = prepare},
                      long_last, tasks, sending::one_by_one);
}

workload slow_source() {
  return {.name = "slow_source",
          .summary = "batches that one thread prepares, while workers wait",
          .family = "hazard",
          .bound_by = "starved",
          .items = batch_tasks,
          .serial = read_serially,
          .pooled = read_pooled,
          .prepare = prepare};
}

}  // namespace yoke::bench
