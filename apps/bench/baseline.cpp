#include "bench/baseline.hpp"

#include "bench/results/json.hpp"
#include "bench/statistics/bootstrap.hpp"
#include "common/command_error.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

std::vector<double> times_of(const bench::cell& of) {
  std::vector<double> times;
  for (const bench::repetition& made : of.repetitions) {
    if (made.error.empty()) times.push_back(made.wall);
  }
  return times;
}

bool same_cell(const bench::cell& one, const bench::cell& other) {
  return one.workload == other.workload && one.backend == other.backend && one.workers == other.workers &&
         one.shows == other.shows && one.items == other.items;
}

}  // namespace

baseline::baseline(const std::string& file) : file_{file} {
  try {
    before_ = bench::read_results(file);
  } catch (const bench::results_error& error) {
    throw io_error{error.what()};
  }
}

comparison baseline::compare(const bench::results& now) const {
  comparison found;
  std::size_t matched = 0;
  for (const bench::cell& cell : now.cells) {
    const auto old =
        std::ranges::find_if(before_.cells, [&](const bench::cell& each) { return same_cell(each, cell); });
    if (old == before_.cells.end()) continue;
    const std::vector<double> times = times_of(cell);
    const std::vector<double> old_times = times_of(*old);
    if (times.empty() || old_times.empty()) continue;
    ++matched;
    const bench::interval ratio = bench::ratio_of_medians(times, old_times);
    const bench::difference kind = bench::difference_of(ratio, now.plan.noise);
    if (kind != bench::difference::faster && kind != bench::difference::slower) continue;
    found.slower = found.slower || kind == bench::difference::slower;
    found.text +=
        fmt::format("{} on {} x {}: {} ({:.2f} times the baseline's time, {:.2f} .. {:.2f})\n", cell.workload,
                    to_string(cell.backend), cell.workers, kind == bench::difference::faster ? "faster" : "slower",
                    ratio.value, ratio.low, ratio.high);
  }
  if (matched == 0) {
    found.text = fmt::format("{} has no cell like these: other workloads, sizes or workers\n", file_);
  } else if (found.text.empty()) {
    found.text = fmt::format("no difference to {} in {} cells\n", file_, matched);
  }
  return found;
}

}  // namespace yoke::cli
