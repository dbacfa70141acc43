#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"

#include <bit>
#include <cmath>

namespace yoke::bench {
namespace {

constexpr std::uint64_t options_a_block = 1000;

double normal_below(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

/// The price of a European call (Black and Scholes 1973).
double call_price(double spot, double strike, double rate, double volatility, double years) {
  const double spread = volatility * std::sqrt(years);
  const double up = (std::log(spot / strike) + (rate + volatility * volatility / 2) * years) / spread;
  return spot * normal_below(up) - strike * std::exp(-rate * years) * normal_below(up - spread);
}

std::uint64_t price_block(problem_size /*size*/, std::uint64_t block) {
  double sum = 0;
  for (std::uint64_t each = block * options_a_block; each < (block + 1) * options_a_block; ++each) {
    const auto draw = [each](std::uint64_t which) { return unit_interval(4 * each + which); };
    sum += call_price(50 + 100 * draw(0), 50 + 100 * draw(1), 0.02, 0.1 + 0.5 * draw(2), 0.1 + 2 * draw(3));
  }
  return std::bit_cast<std::uint64_t>(sum);
}

std::uint64_t blocks(problem_size size) { return by_size<std::uint64_t>(size, 50, 1500, 15000); }

}  // namespace

workload black_scholes() {
  return with_numbers({.name = "black_scholes",
                       .summary = "option prices, a thousand a block",
                       .family = "cpu",
                       .bound_by = "CPU bound"},
                      price_block, blocks);
}

}  // namespace yoke::bench
