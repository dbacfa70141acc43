#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"
#include "bench/workloads/shared_memory.hpp"

#include <array>
#include <bit>
#include <limits>

namespace yoke::bench {
namespace {

constexpr std::size_t axes = 8;
constexpr std::size_t means = 16;
constexpr std::uint64_t points_a_block = 1000;
constexpr std::uint64_t rounds = 10;

using point = std::array<double, axes>;

std::uint64_t blocks(problem_size size) { return by_size<std::uint64_t>(size, 4, 80, 800); }
std::uint64_t block_rounds(problem_size size) { return blocks(size) * rounds; }

struct cloud {
  std::vector<point> points;
  std::span<point> centres;  // shared with the workers, who only read them
};
cloud input;

void prepare(problem_size size) {
  input.points.resize(blocks(size) * points_a_block);
  std::uint64_t number = 0;
  for (point& each : input.points) {
    for (double& coordinate : each) coordinate = unit_interval(number++);
  }
  input.centres = shared_values<point>(means);
}

std::size_t nearest_centre(const point& place) {
  double least = std::numeric_limits<double>::max();
  std::size_t best = 0;
  for (std::size_t mean = 0; mean < means; ++mean) {
    double square = 0;
    for (std::size_t axis = 0; axis < axes; ++axis) {
      const double way = place[axis] - input.centres[mean][axis];
      square += way * way;
    }
    if (square < least) {
      least = square;
      best = mean;
    }
  }
  return best;
}

/// For each centre, the sums of its points' coordinates and their number.
row assign_block(problem_size /*size*/, std::uint64_t block) {
  std::array<point, means> sums{};
  std::array<std::uint64_t, means> counts{};
  for (std::uint64_t at = block * points_a_block; at < (block + 1) * points_a_block; ++at) {
    const std::size_t mean = nearest_centre(input.points[at]);
    for (std::size_t axis = 0; axis < axes; ++axis) sums[mean][axis] += input.points[at][axis];
    ++counts[mean];
  }
  row result;
  result.reserve(means * (axes + 1));
  for (std::size_t mean = 0; mean < means; ++mean) {
    for (const double sum : sums[mean]) result.push_back(std::bit_cast<std::uint64_t>(sum));
    result.push_back(counts[mean]);
  }
  return result;
}

void move_centres(const std::vector<row>& assigned) {
  for (std::size_t mean = 0; mean < means; ++mean) {
    point sum{};
    std::uint64_t count = 0;
    for (const row& block : assigned) {
      const std::uint64_t* const part = block.data() + mean * (axes + 1);
      for (std::size_t axis = 0; axis < axes; ++axis) sum[axis] += std::bit_cast<double>(part[axis]);
      count += part[axes];
    }
    if (count == 0) continue;
    for (std::size_t axis = 0; axis < axes; ++axis) input.centres[mean][axis] = sum[axis] / static_cast<double>(count);
  }
}

template <class Assign>
timed run(const Assign& assign) {
  for (std::size_t mean = 0; mean < means; ++mean) input.centres[mean] = input.points[mean];
  std::chrono::nanoseconds own{0};
  timed result = result_of(
      [&] {
        for (std::uint64_t round = 0; round < rounds; ++round) {
          const std::vector<row> assigned = assign();
          const stopwatch watch;
          move_centres(assigned);
          own += watch.cpu();
        }
        return input.centres;
      },
      [](std::span<const point> centres) { return digest_of_bytes(std::as_bytes(centres)); });
  result.own = own;
  return result;
}

timed serial(problem_size size) {
  return run([&] { return rows_of(assign_block, blocks(size), size); });
}

timed pooled(problem_size size, yoke::pool& pool) {
  return run([&] { return rows_of(assign_block, blocks(size), size, pool, {}); });
}

}  // namespace

workload k_means() {
  return {.name = "k_means",
          .summary = "k-means of points in eight dimensions, ten rounds",
          .family = "cpu",
          .bound_by = {},
          .items = block_rounds,
          .serial = serial,
          .pooled = pooled,
          .prepare = prepare};
}

}  // namespace yoke::bench
