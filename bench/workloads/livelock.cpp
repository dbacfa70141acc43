// A livelock: two tasks that each hold what the other wants give way at the same time, again and again. Busy, and no
// further. Shown by counting the retreats, of which a task makes so many at most; cured by waiting for a random time.
#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"
#include "bench/workloads/shared_memory.hpp"
#include "bench/workloads/timed_lock.hpp"

#include <array>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::chrono::microseconds at_once{0};
constexpr std::chrono::microseconds courtesy{50};
constexpr std::chrono::seconds for_ever{10};
constexpr std::uint64_t most_retreats = 20;

std::uint64_t tasks(problem_size size) { return by_size<std::uint64_t>(size, 4, 20, 200); }

struct scene {
  std::array<timed_lock, 2> locks;
  meeting both_are_there;
  std::array<std::atomic<std::uint64_t>, 2> retreats;  // of the polite, of those who draw lots
};
std::span<scene> stage;

void prepare(problem_size /*size*/) { stage = shared_values<scene>(1); }

void wait_for(std::chrono::microseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) std::this_thread::yield();
}

/// Takes both locks and gives them back. Returns whether that came off within the retreats allowed.
bool pass(std::uint64_t item, bool draws_lots) {
  scene& here = stage[0];
  const std::size_t own = item % 2;
  const std::size_t other = 1 - own;
  for (std::uint64_t retreat = 0; retreat < most_retreats; ++retreat) {
    if (!here.locks[own].try_lock_for(for_ever)) return false;
    wait_for(courtesy);
    const bool had = here.locks[other].try_lock_for(at_once);
    if (had) here.locks[other].unlock();
    here.locks[own].unlock();
    if (had) return true;
    here.retreats[draws_lots ? 1 : 0].fetch_add(1);
    const std::uint64_t lot = mixed(item * most_retreats + retreat) % (std::uint64_t{2} << retreat % 6);
    wait_for(courtesy * (draws_lots ? static_cast<int>(lot) : 1));
  }
  return false;
}

std::uint64_t politely(problem_size /*size*/, std::uint64_t item) {
  stage[0].both_are_there.arrive(std::chrono::milliseconds{1});
  pass(item, false);
  return item;
}

/// Where even lots do not help, there is a lock order.
std::uint64_t by_lot(problem_size /*size*/, std::uint64_t item) {
  stage[0].both_are_there.arrive(std::chrono::milliseconds{1});
  if (pass(item, true)) return 1;
  scene& here = stage[0];
  if (!here.locks[0].try_lock_for(for_ever)) return 0;
  const bool had = here.locks[1].try_lock_for(for_ever);
  if (had) here.locks[1].unlock();
  here.locks[0].unlock();
  return had ? 1 : 0;
}

template <class Run>
timed both(problem_size size, const Run& run) {
  for (auto& count : stage[0].retreats) count = 0;
  timed result = result_of(
      [&] {
        run(politely);
        return run(by_lot);
      },
      hash_of_numbers);
  result.note = fmt::format("{} tasks gave way {} times politely, {} times with random waits", tasks(size),
                            stage[0].retreats[0].load(), stage[0].retreats[1].load());
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

workload livelock() {
  return {.name = "livelock",
          .summary = "two tasks that give way for ever, found and cured",
          .family = "hazard",
          .bound_by = {},
          .items = tasks,
          .serial = serial,
          .pooled = pooled,
          .prepare = prepare};
}

}  // namespace yoke::bench
