#include "bench/runner/ceiling.hpp"

#include <yoke/cpu.hpp>

#include "bench/support/spinners.hpp"
#include "bench/workloads/spinning.hpp"

#include <algorithm>
#include <chrono>

namespace yoke::bench {
namespace {

constexpr std::chrono::milliseconds one_piece{50};

}  // namespace

std::vector<ceiling_point> measure_ceiling(const std::vector<int>& workers, int rounds,
                                           const std::function<bool()>& goes_on) {
  calibrate_spinning();
  std::vector<int> counts{1};
  for (const int count : workers) counts.push_back(std::min(count, static_cast<int>(yoke::usable_cpus())));
  std::ranges::sort(counts);
  counts.erase(std::ranges::unique(counts).begin(), counts.end());
  std::vector<ceiling_point> points;
  for (const int count : counts) points.push_back({count, {}});
  for (int round = 0; round <= rounds; ++round) {
    for (ceiling_point& point : points) {
      if (!goes_on()) return points;
      const auto seconds = seconds_per_work(
          static_cast<std::size_t>(point.workers), [] { spin(one_piece); }, goes_on);
      if (!seconds) return points;
      if (round > 0) point.seconds.push_back(*seconds);
    }
  }
  return points;
}

}  // namespace yoke::bench
