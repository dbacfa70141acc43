#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"
#include "bench/workloads/shared_memory.hpp"

#include <array>
#include <cmath>

namespace yoke::bench {
namespace {

using vector3 = std::array<double, 3>;

struct body {
  vector3 place;
  vector3 speed;
};

constexpr std::uint64_t blocks = 16;
constexpr double tick = 1e-3;

std::uint64_t bodies(problem_size size) { return by_size<std::uint64_t>(size, 64, 512, 2048); }
std::uint64_t steps(problem_size size) { return by_size<std::uint64_t>(size, 4, 100, 100); }
std::uint64_t block_steps(problem_size size) { return blocks * steps(size); }

/// Two states of all bodies: a step reads one and writes the other, so an item may run again. Workers share them.
struct states {
  std::array<std::span<body>, 2> of;
  std::span<std::uint64_t> current;
};
states world;

void prepare(problem_size size) {
  for (auto& state : world.of) state = shared_values<body>(bodies(size));
  world.current = shared_values<std::uint64_t>(1);
}

void place_bodies() {
  std::uint64_t number = 0;
  for (body& each : world.of[0]) {
    each = {};
    for (double& coordinate : each.place) coordinate = unit_interval(number++);
  }
  world.current[0] = 0;
}

vector3 pull_on(std::span<const body> all, const vector3& place) {
  constexpr double softening = 1e-4;
  vector3 pull{};
  for (const body& other : all) {
    const vector3 way{other.place[0] - place[0], other.place[1] - place[1], other.place[2] - place[2]};
    const double square = way[0] * way[0] + way[1] * way[1] + way[2] * way[2] + softening;
    const double strength = 1 / (square * std::sqrt(square) * static_cast<double>(all.size()));
    for (std::size_t axis = 0; axis < 3; ++axis) pull[axis] += strength * way[axis];
  }
  return pull;
}

std::uint64_t move_block(problem_size size, std::uint64_t block) {
  const std::span<const body> before = world.of[world.current[0] % 2];
  const std::span<body> after = world.of[(world.current[0] + 1) % 2];
  const std::uint64_t length = bodies(size) / blocks;
  for (std::uint64_t at = block * length; at < (block + 1) * length; ++at) {
    const vector3 pull = pull_on(before, before[at].place);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      after[at].speed[axis] = before[at].speed[axis] + tick * pull[axis];
      after[at].place[axis] = before[at].place[axis] + tick * after[at].speed[axis];
    }
  }
  return block;
}

/// Each step waits for all blocks of the one before: a barrier.
template <class Step>
timed run(problem_size size, const Step& step) {
  place_bodies();
  return result_of(
      [&] {
        for (std::uint64_t done = 0; done < steps(size); ++done) {
          step();
          ++world.current[0];
        }
        return world.of[world.current[0] % 2];
      },
      [](std::span<const body> state) { return digest_of_bytes(std::as_bytes(state)); });
}

timed serial(problem_size size) {
  return run(size, [&] { numbers_of(move_block, blocks, size); });
}

timed pooled(problem_size size, yoke::pool& pool) {
  return run(size, [&] { numbers_of(move_block, blocks, size, pool, options_for(sending::one_by_one)); });
}

}  // namespace

workload n_body() {
  return {.name = "n_body",
          .summary = "gravity between all pairs of bodies, a barrier each step",
          .family = "cpu",
          .bound_by = {},
          .items = block_steps,
          .serial = serial,
          .pooled = pooled,
          .prepare = prepare};
}

}  // namespace yoke::bench
