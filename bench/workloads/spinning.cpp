#include "bench/workloads/spinning.hpp"

#include "bench/workloads/digest.hpp"

#include <algorithm>
#include <limits>

namespace yoke::bench {
namespace {

double rounds_per_microsecond = 0;

/// Each round needs the one before.
void spin_rounds(std::uint64_t rounds) {
  std::uint64_t value = rounds;
  for (; rounds != 0; --rounds) value = mixed(value);
  asm volatile("" : : "r"(value));
}

}  // namespace

void calibrate_spinning() {
  if (rounds_per_microsecond > 0) return;
  constexpr std::uint64_t rounds = 50'000;
  double least = std::numeric_limits<double>::max();
  for (int attempt = 0; attempt < 20; ++attempt) {
    const auto begun = std::chrono::steady_clock::now();
    spin_rounds(rounds);
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begun;
    least = std::min(least, took.count());
  }
  rounds_per_microsecond = static_cast<double>(rounds) / std::max(least, 1.0);
}

void spin(std::chrono::microseconds length) {
  spin_rounds(static_cast<std::uint64_t>(rounds_per_microsecond * static_cast<double>(length.count())));
}

}  // namespace yoke::bench
