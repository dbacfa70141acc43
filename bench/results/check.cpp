#include "bench/results/check.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

std::string contradiction_in(const repetition& each, int workers) {
  if (each.error.empty() && !(each.wall > 0)) return "wall is no time above 0, and error does not say why";
  const auto outside = [&](int worker) { return worker < 0 || worker >= worker_numbers(each, workers); };
  if (std::ranges::any_of(each.spans, outside, &chunk_span::worker)) return "a span names a worker that has no account";
  return {};
}

}  // namespace

std::string first_contradiction(const results& of) {
  std::set<std::string> names;
  for (const workload_record& each : of.workloads)
    if (!names.insert(each.name).second) return fmt::format("workload '{}' is listed twice", each.name);

  std::set<std::tuple<std::string, backend, int, scaling, std::uint64_t, std::uint64_t>> keys;
  for (std::size_t i = 0; i < of.cells.size(); ++i) {
    const cell& each = of.cells[i];
    const std::string place = fmt::format("cells[{}]", i);
    if (!names.contains(each.workload)) return fmt::format("{}: no workload is called '{}'", place, each.workload);
    if (each.workers < 1) return fmt::format("{}: {} workers", place, each.workers);
    if (!keys.emplace(each.workload, each.backend, each.workers, each.shows, each.items, each.chunk).second)
      return fmt::format("{}: the same cell has been there before", place);
    for (std::size_t r = 0; r < each.repetitions.size(); ++r) {
      const std::string wrong = contradiction_in(each.repetitions[r], each.workers);
      if (!wrong.empty()) return fmt::format("{}.repetitions[{}]: {}", place, r, wrong);
    }
  }
  for (const ceiling_point& each : of.ceiling)
    if (each.workers < 1 || !std::ranges::all_of(each.seconds, [](double s) { return s > 0; }))
      return "ceiling: a sample is no time above 0";
  return {};
}

}  // namespace yoke::bench
