#include "bench/report/figures_text.hpp"
#include "bench/report/plots/plots.hpp"
#include "bench/report/sections/sections.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

void add_if_drawn(figure_row& into, figure made) {
  if (!made.script.empty()) into.figures.push_back(std::move(made));
}

bool parallel(const cell_figures& each) { return each.of->backend != backend::serial; }

}  // namespace

section strong_section(const analysis& of) {
  section made{"strong", "Strong scaling: the same work on more workers", {}};
  figure_row speedups;
  figure_row efficiencies;
  for (const workload_figures& workload : of.workloads()) {
    if (workload.serial() == nullptr)
      made.blocks.push_back(paragraph{
          workload.about->title + ": there is no serial time to compare with; measure with the serial backend as well.",
          paragraph::tone::warning});
    if (std::ranges::none_of(workload.strong,
                             [](const cell_figures& c) { return parallel(c) && !std::isnan(c.speedup.value); }))
      continue;
    add_if_drawn(speedups, speedup_figure(of, workload));
    add_if_drawn(efficiencies, efficiency_figure(of, workload));
  }
  for (figure_row* row : {&speedups, &efficiencies})
    if (!row->figures.empty()) made.blocks.push_back(std::move(*row));
  table_block table{"All cells, strong scaling",
                    {"workload", "cell", "median time", "MAD", "speedup", "against 1 worker", "efficiency",
                     "of the ceiling", "Karp-Flatt"},
                    {},
                    2,
                    false};
  for (const workload_figures& workload : of.workloads()) {
    for (const cell_figures& each : workload.strong) {
      if (!each.usable()) {
        table.rows.push_back({workload.about->name, cell_text(*each.of),
                              each.error().empty() ? "not measured" : "error", "-", "-", "-", "-", "-", "-"});
        continue;
      }
      table.rows.push_back({workload.about->name, cell_text(*each.of), seconds_interval(each.time),
                            seconds_text(each.deviation), interval_text(each.speedup), interval_text(each.relative),
                            percent(each.efficiency.value), percent(each.of_ceiling.value),
                            number_text(each.serial_fraction.value)});
    }
  }
  made.blocks.push_back(table);
  return made;
}

section weak_section(const analysis& of) {
  section made{"weak", "Weak scaling: more work for more workers", {}};
  figure_row row;
  table_block table{
      "All cells, weak scaling", {"workload", "cell", "items", "median time", "T(1, W) / T(N, N W)"}, {}, 2, false};
  for (const workload_figures& workload : of.workloads()) {
    if (!workload.weak.empty()) add_if_drawn(row, weak_figure(workload));
    for (const cell_figures& each : workload.weak)
      if (each.usable())
        table.rows.push_back({workload.about->name, cell_text(*each.of), std::to_string(each.of->items),
                              seconds_interval(each.time), interval_text(each.efficiency)});
  }
  if (!row.figures.empty()) made.blocks.push_back(row);
  if (table.rows.empty()) {
    made.blocks.push_back(paragraph{"Not measured: this run kept the work the same for every number of workers.",
                                    paragraph::tone::aside});
  } else {
    made.blocks.push_back(table);
  }
  return made;
}

section losses_section(const analysis& of) {
  section made{"losses", "Where the time went", {}};
  made.blocks.push_back(
      paragraph{"N workers for a time T have N x T core-seconds. Useful is what the serial loop computes in as well; "
                "the rest is lost, "
                "and the parts add up. Figures are of the repetition whose time is nearest to the median."});
  figure_row row;
  table_block table{
      "Efficiency as a product of causes (POP); 1 is best",
      {"workload", "cell", "load balance", "x communication", "= parallel", "x computation scaling", "= efficiency"},
      {},
      2,
      false};
  bool unknown_parts = false;
  for (const workload_figures& workload : of.workloads()) {
    add_if_drawn(row, losses_figure(workload));
    for (const cell_figures& each : workload.strong) {
      if (!each.usable() || !parallel(each)) continue;
      unknown_parts = unknown_parts || !each.lost.known;
      const pop_efficiencies& causes = each.causes;
      if (std::isnan(causes.load_balance)) continue;
      table.rows.push_back({workload.about->name, cell_text(*each.of), number_text(causes.load_balance),
                            number_text(causes.communication), number_text(causes.parallel),
                            number_text(causes.computation), number_text(causes.global)});
    }
  }
  if (!row.figures.empty()) made.blocks.push_back(row);
  if (unknown_parts)
    made.blocks.push_back(paragraph{
        "For some cells the workers gave no account of their time (no /proc, or an older run): they are not split.",
        paragraph::tone::warning});
  if (!table.rows.empty()) made.blocks.push_back(table);
  return made;
}

}  // namespace yoke::bench
