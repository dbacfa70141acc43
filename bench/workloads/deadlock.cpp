// A deadlock needs four things at once (Coffman, Elphick and Shoshani 1971): mutual exclusion, hold and wait, no
// preemption, circular wait. Two tasks that take two locks in opposite order have all of them. Shown with locks that
// give up after a while, which takes the third away; cured by one order for all, which takes the fourth.
#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/item_work.hpp"
#include "bench/workloads/shared_memory.hpp"
#include "bench/workloads/timed_lock.hpp"

#include <array>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::chrono::milliseconds long_enough{1};
constexpr std::chrono::seconds for_ever{10};

std::uint64_t tasks(problem_size size) { return by_size<std::uint64_t>(size, 4, 20, 200); }

struct scene {
  std::array<timed_lock, 2> locks;
  meeting both_hold_one;
  std::atomic<std::uint32_t> stuck;
};
std::span<scene> stage;

void prepare(problem_size /*size*/) { stage = shared_values<scene>(1); }

/// Even tasks take lock 0 first, odd ones lock 1. Returns whether the second lock was to be had.
bool take_both(std::size_t first, std::size_t second, std::chrono::microseconds patience) {
  scene& here = stage[0];
  if (!here.locks[first].try_lock_for(for_ever)) return false;
  if (patience < for_ever) here.both_hold_one.arrive(long_enough);
  const bool had = here.locks[second].try_lock_for(patience);
  if (had) here.locks[second].unlock();
  here.locks[first].unlock();
  return had;
}

std::uint64_t in_opposite_order(problem_size /*size*/, std::uint64_t item) {
  if (!take_both(item % 2, 1 - item % 2, long_enough)) stage[0].stuck.fetch_add(1);
  return item;
}

std::uint64_t in_one_order(problem_size /*size*/, std::uint64_t /*item*/) { return take_both(0, 1, for_ever) ? 1 : 0; }

template <class Run>
timed both(problem_size size, const Run& run) {
  stage[0].stuck = 0;
  timed result = result_of(
      [&] {
        run(in_opposite_order);
        return run(in_one_order);
      },
      hash_of_numbers);
  result.note = fmt::format("opposite order: {} of {} tasks waited in a circle; one order: none", stage[0].stuck.load(),
                            tasks(size));
  return result;
}

timed serial(problem_size size) {
  return both(size, [size](item_number item) { return numbers_of(item, tasks(size), size); });
}

timed pooled(problem_size size, yoke::pool& pool) {
  return both(size, [&](item_number item) {
    return numbers_of(item, tasks(size), size, pool, options_for(sending::one_by_one));
  });
}

}  // namespace

workload deadlock() {
  return {.name = "deadlock",
          .summary = "two locks in opposite order, found and cured",
          .family = "hazard",
          .bound_by = {},
          .items = tasks,
          .serial = serial,
          .pooled = pooled,
          .prepare = prepare};
}

}  // namespace yoke::bench
