#include "bench/report/baseline.hpp"

#include "bench/report/figures_text.hpp"
#include "bench/verdict/verdict.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

std::vector<const cell_figures*> all_cells(const analysis& of) {
  std::vector<const cell_figures*> cells;
  for (const workload_figures& workload : of.workloads())
    for (const auto* list : {&workload.strong, &workload.weak})
      for (const cell_figures& each : *list) cells.push_back(&each);
  return cells;
}

bool same(const cell& a, const cell& b) {
  return a.workload == b.workload && a.backend == b.backend && a.workers == b.workers && a.shows == b.shows &&
         a.items == b.items && a.chunk == b.chunk;
}

std::string why_vacuous(bool in_both, const plan& now, const plan& then) {
  if (in_both)
    return fmt::format("Nothing could be compared: no cell was measured {} times in both runs. {}", fewest_repetitions,
                       how_to_finish(now));
  return fmt::format("Nothing could be compared: no cell is in both runs. Measure as the baseline was: {}",
                     then.command.empty() ? "with its workloads, --size and --workers." : then.command);
}

}  // namespace

bool comparison::vacuous() const { return broken.empty() && count(difference::unclear) == changes.size(); }

std::size_t comparison::count(difference so) const {
  return static_cast<std::size_t>(std::ranges::count(changes, so, &cell_change::is));
}

bool comparison::regressed() const { return vacuous() || !broken.empty() || count(difference::slower) > 0; }

comparison compare(const analysis& now, const analysis& then, const std::string& name) {
  comparison made{.name = name, .changes = {}, .doubts = {}, .broken = {}};
  const double noise = std::max(now.source().plan.noise, then.source().plan.noise);
  const auto older = all_cells(then);
  std::size_t found = 0;
  for (const cell_figures* each : all_cells(now)) {
    const auto twin = std::ranges::find_if(older, [&](const cell_figures* old) { return same(*old->of, *each->of); });
    if (twin == older.end()) {
      ++made.only_now;
      continue;
    }
    ++found;
    if (!(*twin)->usable()) continue;
    if (!each->usable()) {
      const std::string error = each->error();
      if (error.empty()) {
        ++made.unmeasured;
      } else {
        made.broken.push_back(fmt::format("{}, {}: {}", each->of->workload, full_cell_text(*each->of), error));
      }
      continue;
    }
    cell_change change{each, *twin, ratio_of_medians(each->times, (*twin)->times), {}};
    const bool enough = std::min(each->times.size(), (*twin)->times.size()) >= fewest_repetitions;
    change.is = enough ? difference_of(change.ratio, noise) : difference::unclear;
    made.changes.push_back(change);
  }
  made.only_then = older.size() - found;
  const environment& a = now.source().environment;
  const environment& b = then.source().environment;
  if (a.cpu_model != b.cpu_model)
    made.doubts.push_back(fmt::format("The baseline is of another CPU: {} then, {} now.", b.cpu_model, a.cpu_model));
  if (now.cpus() != then.cpus())
    made.doubts.push_back(fmt::format("The baseline had {} CPUs, this run has {}.", then.cpus(), now.cpus()));
  if (a.build_type != b.build_type || a.compiler != b.compiler)
    made.doubts.push_back(
        fmt::format("Built otherwise: {} {} then, {} {} now.", b.compiler, b.build_type, a.compiler, a.build_type));
  if (now.disturbed()) made.doubts.emplace_back("Other programs disturbed this run: measure again on a quiet machine.");
  if (then.disturbed()) made.doubts.emplace_back("Other programs disturbed the baseline.");
  if (made.vacuous()) made.doubts.push_back(why_vacuous(found > 0, now.source().plan, then.source().plan));
  return made;
}

}  // namespace yoke::bench
