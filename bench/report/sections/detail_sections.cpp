#include "bench/report/figures_text.hpp"
#include "bench/report/plots/plots.hpp"
#include "bench/report/sections/sections.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::array parallel{backend::threads, backend::processes};

void add_if_drawn(figure_row& into, figure made) {
  if (!made.script.empty()) into.figures.push_back(std::move(made));
}

std::vector<scaling_point> points_of(const workload_figures& workload, backend kind) {
  std::vector<scaling_point> points;
  for (const cell_figures& each : workload.strong)
    if (each.of->backend == kind && each.usable()) points.push_back({each.of->workers, each.times});
  return points;
}

}  // namespace

section distributions_section(const analysis& of) {
  section made{"distributions", "Distributions", {}};
  table_block chunks{"How long a chunk takes inside a worker; of the typical repetition",
                     {"workload", "cell", "chunks", "p50", "p90", "p99", "longest"},
                     {},
                     2,
                     true};
  for (const workload_figures& workload : of.workloads()) {
    if (std::ranges::none_of(workload.strong, &cell_figures::usable)) continue;
    figure_row row;
    add_if_drawn(row, strip_figure(workload));
    add_if_drawn(row, ecdf_figure(workload));
    add_if_drawn(row, order_figure(workload));
    made.blocks.push_back(row);
    for (const cell_figures& each : workload.strong) {
      if (!each.usable() || std::isnan(each.typical->chunk.p50)) continue;
      const latencies& chunk = each.typical->chunk;
      chunks.rows.push_back({workload.about->name, cell_text(*each.of), std::to_string(each.typical->chunks),
                             seconds_text(chunk.p50), seconds_text(chunk.p90), seconds_text(chunk.p99),
                             seconds_text(chunk.longest)});
    }
  }
  if (!chunks.rows.empty()) made.blocks.push_back(chunks);
  return made;
}

section timeline_section(const analysis& of) {
  section made{"timeline", "Time line of chunks", {}};
  for (const workload_figures& workload : of.workloads()) {
    figure_row row;
    for (const backend kind : parallel)
      if (const cell_figures* each = workload.widest(kind, of.cpus()))
        add_if_drawn(row, timeline_figure(workload, *each));
    if (!row.figures.empty()) made.blocks.push_back(row);
  }
  made.blocks.push_back(paragraph{
      made.blocks.empty()
          ? "No time line was kept in these results."
          : "The whole of it, to zoom into: yoke report RESULTS --trace FILE, for Perfetto or chrome://tracing.",
      paragraph::tone::aside});
  return made;
}

section models_section(const analysis& of) {
  section made{"models", "Models, or why not", {}};
  table_block amdahls{"Amdahl from two points: if nothing but a serial part stood in the way",
                      {"workload", "backend", "from", "serial share", "speedup of infinitely many workers"},
                      {},
                      2,
                      false};
  table_block usls{"Universal Scalability Law",
                   {"workload", "backend", "contention", "coherence", "best number of workers"},
                   {},
                   2,
                   false};
  std::string why_not;
  for (const workload_figures& workload : of.workloads()) {
    for (const backend kind : parallel) {
      const cell_figures* one = workload.find(kind, 1);
      const cell_figures* many = workload.widest(kind, of.cpus());
      if (one != nullptr && many != nullptr) {
        const amdahl_model model = amdahl(one->times, many->times, many->of->workers);
        amdahls.rows.push_back({workload.about->name, std::string{to_string(kind)},
                                fmt::format("1 and {} workers", many->of->workers), interval_text(model.serial),
                                interval_text(model.limit)});
      }
      const usl_model model = usl(points_of(workload, kind), of.source().environment.physical_cores);
      if (!model.why_not.empty()) {
        why_not = model.why_not;
      } else {
        const double best = model.best();
        usls.rows.push_back({workload.about->name, std::string{to_string(kind)}, interval_text(model.contention),
                             interval_text(model.coherence),
                             std::isnan(best) ? fmt::format("past {}: not extrapolated", 2 * model.largest)
                                              : fmt::format("{:.0f}", best)});
      }
    }
  }
  if (!amdahls.rows.empty()) {
    made.blocks.push_back(amdahls);
    made.blocks.push_back(paragraph{
        "A serial share near 0, or below, means that these two points see none: its limit is then no prediction.",
        paragraph::tone::aside});
  }
  if (!usls.rows.empty()) made.blocks.push_back(usls);
  if (!why_not.empty())
    made.blocks.push_back(paragraph{
        "Universal Scalability Law: " + why_not + ". With fewer, noise of 2 % makes its parameters meaningless.",
        paragraph::tone::aside});
  return made;
}

}  // namespace yoke::bench
