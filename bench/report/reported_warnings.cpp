#include "bench/report/reported_warnings.hpp"

#include "bench/verdict/verdict.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

/// told_better tells whether a report says the same with what to do, or elsewhere.
bool told_better(const std::string& warning, const results& of) {
  if (contains(warning, "ended before all was measured") || contains(warning, "too few for an interval")) return true;
  return std::ranges::any_of(of.cells,
                             [&](const cell& each) { return !each.error.empty() && warning.ends_with(each.error); });
}

std::string of_repetitions(const analysis& of) {
  std::size_t all = 0;
  std::size_t few = 0;
  for (const workload_figures& workload : of.workloads()) {
    for (const cell_figures& each : workload.strong) {
      ++all;
      few += each.error().empty() && each.times.size() < fewest_repetitions ? 1 : 0;
    }
  }
  const plan& run = of.source().plan;
  if (run.finished && few == 0) return {};
  const std::string many = few == 0
                               ? "cells have fewer repetitions than wanted"
                               : fmt::format("{} of {} cells have fewer than {} repetitions, too few for a verdict",
                                             few, all, fewest_repetitions);
  return fmt::format("{}{}. {}", run.finished ? "" : "The run ended early: ", many, how_to_finish(run));
}

}  // namespace

std::vector<std::string> reported_warnings(const analysis& of) {
  const results& from = of.source();
  std::vector<std::string> found;
  if (std::string text = of_repetitions(of); !text.empty()) found.push_back(std::move(text));
  bool disturbance_told = false;
  for (const std::string& each : from.warnings) {
    if (told_better(each, from)) continue;
    disturbance_told = disturbance_told || each.starts_with("disturbed: ");
    found.push_back(each);
  }
  if (of.disturbed() && !disturbance_told)
    found.emplace_back(
        "Other programs used more than 3 % of the CPUs, or the hypervisor withheld more than 1 %. Find a quiet "
        "machine.");
  if (from.after.throttled > 0)
    found.emplace_back("CPUs were throttled meanwhile: let the machine cool down, or look at its quota.");
  return found;
}

}  // namespace yoke::bench
