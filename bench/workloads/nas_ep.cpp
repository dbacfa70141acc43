// EP of the NAS Parallel Benchmarks (Bailey et al., RNR-94-007): Gaussian deviates by Marsaglia's polar method, from
// the generator x -> 5^13 x mod 2^46.
#include "bench/workloads/nas_ep.hpp"

#include "bench/workloads/all_workloads.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace yoke::bench {
namespace {

constexpr std::uint64_t multiplier = 1220703125;
constexpr std::uint64_t seed = 271828183;
constexpr std::uint64_t mask = (std::uint64_t{1} << 46U) - 1;
constexpr std::uint64_t pairs = 1 << 16;

/// Products wrap at 2^64, of which 2^46 is a divisor.
constexpr std::uint64_t step(std::uint64_t factor, std::uint64_t x) { return (factor * x) & mask; }

std::uint64_t value_after(std::uint64_t steps) {
  std::uint64_t value = seed;
  for (std::uint64_t power = multiplier; steps != 0; steps >>= 1U, power = step(power, power)) {
    if ((steps & 1U) != 0) value = step(power, value);
  }
  return value;
}

}  // namespace

std::uint64_t nas_ep_batches(problem_size size) { return by_size<std::uint64_t>(size, 256, 512, 4096); }

row nas_ep_batch(problem_size /*size*/, std::uint64_t batch) {
  std::uint64_t state = value_after(batch * 2 * pairs);
  const auto next = [&state] {
    state = step(multiplier, state);
    return 2 * (static_cast<double>(state) * 0x1p-46) - 1;
  };
  nas_ep_sums sums;
  for (std::uint64_t pair = 0; pair < pairs; ++pair) {
    const double a = next();
    const double b = next();
    const double square = a * a + b * b;
    if (square > 1) continue;
    const double factor = std::sqrt(-2 * std::log(square) / square);
    const double x = a * factor;
    const double y = b * factor;
    ++sums.rings[static_cast<std::size_t>(std::max(std::fabs(x), std::fabs(y)))];
    sums.x += x;
    sums.y += y;
  }
  row result{std::bit_cast<std::uint64_t>(sums.x), std::bit_cast<std::uint64_t>(sums.y)};
  result.insert(result.end(), sums.rings.begin(), sums.rings.end());
  return result;
}

nas_ep_sums nas_ep_from(const std::vector<row>& batches) {
  nas_ep_sums sums;
  for (const row& batch : batches) {
    sums.x += std::bit_cast<double>(batch.at(0));
    sums.y += std::bit_cast<double>(batch.at(1));
    for (std::size_t ring = 0; ring < sums.rings.size(); ++ring) sums.rings[ring] += batch.at(2 + ring);
  }
  return sums;
}

workload nas_ep() {
  return with_rows({.name = "nas_ep",
                    .summary = "NAS EP: Gaussian pairs, classes S, W and A",
                    .family = "cpu",
                    .bound_by = "CPU bound"},
                   nas_ep_batch, nas_ep_batches);
}

}  // namespace yoke::bench
