// Dijkstra's dining philosophers: five, a fork between each two, and both neighbouring forks for a meal. Who takes the
// left one first and waits for the right one may starve with all others. Shown with a limit to the wait; cured by
// taking the fork with the lower number first.
#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/item_work.hpp"
#include "bench/workloads/shared_memory.hpp"
#include "bench/workloads/spinning.hpp"
#include "bench/workloads/timed_lock.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::size_t seats = 5;
constexpr std::chrono::milliseconds patience{1};
constexpr std::chrono::seconds for_ever{10};

std::uint64_t meals(problem_size size) { return by_size<std::uint64_t>(size, 10, 200, 2000); }

struct table {
  std::array<timed_lock, seats> forks;
  std::atomic<std::uint64_t> hungry;
};
std::span<table> room;

void prepare(problem_size /*size*/) {
  calibrate_spinning();
  room = shared_values<table>(1);
}

bool eat(std::size_t first, std::size_t second, std::chrono::microseconds at_most) {
  auto& forks = room[0].forks;
  if (!forks[first].try_lock_for(for_ever)) return false;
  spin(std::chrono::microseconds{20});
  const bool had = forks[second].try_lock_for(at_most);
  if (had) {
    spin(std::chrono::microseconds{100});
    forks[second].unlock();
  }
  forks[first].unlock();
  return had;
}

std::uint64_t left_fork_first(problem_size /*size*/, std::uint64_t meal) {
  if (!eat(meal % seats, (meal + 1) % seats, patience)) room[0].hungry.fetch_add(1);
  return meal;
}

std::uint64_t lower_fork_first(problem_size /*size*/, std::uint64_t meal) {
  const std::size_t left = meal % seats;
  const std::size_t right = (meal + 1) % seats;
  return eat(std::min(left, right), std::max(left, right), for_ever) ? 1 : 0;
}

template <class Run>
timed both(problem_size size, const Run& run) {
  room[0].hungry = 0;
  timed result = result_of(
      [&] {
        run(left_fork_first);
        return run(lower_fork_first);
      },
      hash_of_numbers);
  result.note = fmt::format("left fork first: {} of {} meals given up; lower fork first: none", room[0].hungry.load(),
                            meals(size));
  return result;
}

timed serial(problem_size size) {
  return both(size, [size](item_number item) { return numbers_of(item, meals(size), size); });
}

timed pooled(problem_size size, yoke::pool& pool) {
  return both(size, [&](item_number item) {
    return numbers_of(item, meals(size), size, pool, options_for(sending::one_by_one));
  });
}

}  // namespace

workload philosophers() {
  return {.name = "philosophers",
          .summary = "five philosophers and five forks, with and without an order",
          .family = "hazard",
          .bound_by = {},
          .items = meals,
          .serial = serial,
          .pooled = pooled,
          .prepare = prepare};
}

}  // namespace yoke::bench
