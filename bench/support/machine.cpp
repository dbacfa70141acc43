#include "bench/support/machine.hpp"

#include <array>
#include <chrono>
#include <fstream>
#include <numeric>
#include <string>
#include <thread>

namespace yoke::bench {
namespace {

constexpr std::chrono::milliseconds sample_time{250};

enum : std::size_t { user, nice, system, idle, iowait, irq, softirq, steal, fields };

std::array<double, fields> cpu_ticks() {
  std::ifstream file{"/proc/stat"};
  std::string name;
  std::array<double, fields> ticks{};
  file >> name;
  for (double& field : ticks) file >> field;
  return ticks;
}

}  // namespace

machine_load machine_load::now() {
  const auto before = cpu_ticks();
  std::this_thread::sleep_for(sample_time);
  auto passed = cpu_ticks();
  for (std::size_t field = 0; field < fields; ++field) passed[field] -= before[field];
  const double total = std::accumulate(passed.begin(), passed.end(), 0.0);
  if (total <= 0) return {};
  return {.foreign = (total - passed[idle] - passed[iowait] - passed[steal]) / total,
          .withheld = passed[steal] / total};
}

}  // namespace yoke::bench
