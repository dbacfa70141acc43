#pragma once

#include "bench/workloads/item_work.hpp"

#include <array>

namespace yoke::bench {

/// nas_ep_sums are what the NAS benchmark EP adds up: pairs of Gaussian deviates, and how many lie in each square ring.
struct nas_ep_sums {
  double x = 0;
  double y = 0;
  std::array<std::uint64_t, 10> rings{};
};

/// nas_ep_from adds up the rows of all items, in their order.
nas_ep_sums nas_ep_from(const std::vector<row>& batches);

/// nas_ep_batch is one item: 2^16 pairs of the one sequence of random numbers, found by jumping ahead in it. small,
/// medium and large are the published classes S, W and A: 2^24, 2^25 and 2^28 pairs.
row nas_ep_batch(problem_size size, std::uint64_t batch);
std::uint64_t nas_ep_batches(problem_size size);

}  // namespace yoke::bench
