#pragma once

#include "bench/results/cell.hpp"
#include "bench/workloads/workload.hpp"

#include <cstdint>
#include <vector>

namespace yoke::bench {

/// cell_plan is one combination to be measured, once in every block.
struct cell_plan {
  const workload* load = nullptr;
  yoke::backend backend = yoke::backend::serial;
  int workers = 1;
  scaling shows = scaling::strong;
  amount much;
};

/// plan_request is what a run is to cover.
struct plan_request {
  std::vector<const workload*> loads;
  std::vector<yoke::backend> backends;  ///< the serial loop is always measured
  std::vector<int> workers;             ///< 1 is always measured
  problem_size size = problem_size::medium;
  bool weak = true;  ///< also as many items per worker
};

/// cells_of lists the cells of a run: for each workload the serial loop, and on each backend each number of workers.
/// Workloads that scale are also run with as many items per worker (weak scaling), and those whose items
/// do nothing with a quarter of them, so that the cost of an item is the slope of time over count.
std::vector<cell_plan> cells_of(const plan_request& request);

/// shuffled returns the order in which one block runs its cells: a permutation that depends on seed and block alone.
std::vector<std::size_t> shuffled(std::size_t cells, std::uint64_t seed, std::uint64_t block);

}  // namespace yoke::bench
