#include "bench/report/figures_text.hpp"
#include "bench/report/plots/plots.hpp"
#include "bench/report/sections/sections.hpp"
#include "bench/statistics/sample.hpp"

#include <cmath>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

/// typical returns the median of a figure over the repetitions without error that know it.
double typical(const cell_figures& of, double repetition::*member) {
  std::vector<double> values;
  for (const repetition& each : of.of->repetitions)
    if (each.error.empty() && !std::isnan(each.*member)) values.push_back(each.*member);
  return median(values);
}

}  // namespace

section overheads_section(const analysis& of) {
  section made{"overheads", "What processes and threads cost", {}};
  table_block costs{"Start, end, copying and memory; medians",
                    {"workload", "cell", "pool made in", "per worker", "ended in", "copied in", "copied out",
                     "memory (PSS, sampled)", "peak RSS"},
                    {},
                    2,
                    false};
  for (const workload_figures& workload : of.workloads()) {
    for (const cell_figures& each : workload.strong) {
      if (!each.usable() || each.of->backend == backend::serial) continue;
      const double start = typical(each, &repetition::start);
      costs.rows.push_back(
          {workload.about->name, cell_text(*each.of), seconds_text(start), seconds_text(start / each.of->workers),
           seconds_text(typical(each, &repetition::stop)), bytes_text(typical(each, &repetition::bytes_in)),
           bytes_text(typical(each, &repetition::bytes_out)), bytes_text(typical(each, &repetition::pss)),
           bytes_text(typical(each, &repetition::peak_memory))});
    }
  }
  table_block dispatch{"Dispatch cost per task: the slope of time over the number of tasks",
                       {"workload", "cell", "one more task costs"},
                       {},
                       2,
                       false};
  for (const dispatch_figures& each : of.dispatch()) {
    const cell named{.workload = {}, .backend = each.kind, .workers = each.workers, .error = {}, .repetitions = {}};
    dispatch.rows.push_back({each.workload->name, cell_text(named), seconds_interval(each.seconds)});
  }
  figure_row row;
  if (figure drawn = throughput_figure(of); !drawn.script.empty()) row.figures.push_back(std::move(drawn));
  if (dispatch.rows.empty()) {
    made.blocks.push_back(
        paragraph{"Dispatch cost: not measured; it takes one workload with two or more numbers of items.",
                  paragraph::tone::aside});
  } else {
    made.blocks.push_back(dispatch);
  }
  if (!row.figures.empty()) made.blocks.push_back(row);
  made.blocks.push_back(costs);
  return made;
}

section grain_section(const analysis& of) {
  section made{"grain", "How long an item has to be", {}};
  table_block table{"Break-even: the shortest item at which a backend reaches 90 % of what this machine allows",
                    {"backend", "break-even"},
                    {},
                    2,
                    false};
  for (const grain_figures& each : of.grains()) {
    const cell named{.workload = {}, .backend = each.kind, .workers = each.workers, .error = {}, .repetitions = {}};
    table.rows.push_back({cell_text(named), break_even_text(each.even)});
  }
  if (table.rows.empty()) {
    made.blocks.push_back(
        paragraph{"Not measured: it takes workloads with items of known length, such as spin_1us to spin_1000us.",
                  paragraph::tone::aside});
    return made;
  }
  made.blocks.push_back(table);
  if (figure drawn = grain_figure(of); !drawn.script.empty()) {
    figure_row row;
    row.figures.push_back(std::move(drawn));
    made.blocks.push_back(row);
  }
  return made;
}

}  // namespace yoke::bench
