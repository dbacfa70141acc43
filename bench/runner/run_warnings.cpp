#include "bench/runner/run_warnings.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::uint64_t fewest_repetitions = 6;
constexpr double most_steal = 0.01;
constexpr double most_foreign = 0.03;

/// The mean over all repetitions: of a single one, the kernel's clock of a hundredth of a second says too little.
disturbance mean_disturbance(const results& of) {
  double steal = 0;
  double foreign = 0;
  double count = 0;
  for (const cell& each : of.cells) {
    for (const repetition& made : each.repetitions) {
      if (std::isnan(made.disturbed.foreign)) continue;
      steal += made.disturbed.steal;
      foreign += made.disturbed.foreign;
      ++count;
    }
  }
  return count > 0 ? disturbance{steal / count, foreign / count} : disturbance{};
}

void warn_of_disturbance(const results& of, std::vector<std::string>& warnings) {
  if (std::ranges::all_of(of.cells, [](const cell& each) { return each.repetitions.empty(); })) return;
  const disturbance mean = mean_disturbance(of);
  if (std::isnan(mean.foreign)) {
    warnings.emplace_back("nobody can tell whether other programs disturbed the run: /proc/stat cannot be read here");
    return;
  }
  if (mean.steal > most_steal) {
    warnings.push_back(fmt::format(
        "disturbed: the hypervisor gave {:.1f} % of the CPUs to others; find a quieter machine", 100 * mean.steal));
  }
  if (mean.foreign > most_foreign) {
    warnings.push_back(fmt::format("disturbed: other programs used {:.1f} % of the CPUs; stop them, and measure again",
                                   100 * mean.foreign));
  }
}

void warn_of_repetitions(const results& of, std::vector<std::string>& warnings) {
  std::uint64_t fewest = of.plan.repetitions;
  for (const cell& each : of.cells) {
    if (each.error.empty()) fewest = std::min<std::uint64_t>(fewest, each.repetitions.size());
  }
  if (fewest >= fewest_repetitions) return;
  if (fewest == 0) {
    warnings.emplace_back("some cells were not measured: give it more time, or fewer workloads");
    return;
  }
  warnings.push_back(fmt::format(
      "some cells have only {} repetition{}, too few for an interval: give it more time, or fewer workloads", fewest,
      fewest == 1 ? "" : "s"));
}

}  // namespace

std::string cell_name(const cell& of) {
  if (of.backend == backend::serial) return of.workload + ", serial";
  const std::string_view plural = of.workers == 1 ? "" : of.backend == backend::processes ? "es" : "s";
  const std::string name = fmt::format("{}, {} {}{}", of.workload, of.workers, to_string(of.backend), plural);
  return of.shows == scaling::strong ? name : fmt::format("{}, {} items", name, of.items);
}

std::vector<std::string> run_warnings(const results& of) {
  std::vector<std::string> warnings = of.warnings;
  if (!of.plan.finished) {
    warnings.emplace_back("the run was ended before all was measured: what is here is what there was time for");
  }
  warn_of_repetitions(of, warnings);
  warn_of_disturbance(of, warnings);
  for (const cell& each : of.cells) {
    if (each.error.empty() || each.error.starts_with("not possible")) continue;
    warnings.push_back(fmt::format("{}: {}", cell_name(each), each.error));
  }
  const bool crowded =
      std::ranges::any_of(of.cells, [&](const cell& each) { return each.workers > of.environment.usable_cpus; });
  if (crowded) {
    warnings.push_back(
        fmt::format("more workers than the {} usable CPUs: those that compute take turns, and get no further",
                    of.environment.usable_cpus));
  }
  if (!of.environment.build_type.starts_with("Rel")) {
    warnings.push_back(fmt::format("this is a {} build: measure a Release build", of.environment.build_type));
  }
  return warnings;
}

}  // namespace yoke::bench
