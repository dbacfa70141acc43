#include "bench/report/figures_text.hpp"
#include "bench/report/plots/plot_script.hpp"
#include "bench/report/plots/plots.hpp"
#include "bench/statistics/sample.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::array all_kinds{backend::serial, backend::threads, backend::processes};

std::vector<const cell_figures*> usable_cells(const workload_figures& workload) {
  std::vector<const cell_figures*> cells;
  for (const cell_figures& each : workload.strong)
    if (each.usable()) cells.push_back(&each);
  return cells;
}

/// spread of all repetitions of a workload about the medians of their cells, for a range that all of them fit into.
double widest_spread(const std::vector<const cell_figures*>& cells) {
  double widest = 0.01;
  for (const cell_figures* each : cells)
    for (const double time : each->times) widest = std::max(widest, std::abs(time / each->time.value - 1));
  return widest * 100 * 1.1;
}

std::string shape(backend kind) {
  return kind == backend::processes ? "pt 6 ps 0.6 lw 1.5"
         : kind == backend::threads ? "pt 4 ps 0.55 lw 1.5"
                                    : "pt 8 ps 0.6 lw 1.5";
}

}  // namespace

figure strip_figure(const workload_figures& workload) {
  const auto cells = usable_cells(workload);
  figure made{id_of(workload.about->name + " repetitions"), workload.about->title + ": every repetition", {}, {}, {}};
  made.numbers = {
      "Times of all repetitions", {"cell", "median", "MAD", "shortest", "longest", "outliers"}, {}, 1, false};
  plot_script script{440, 330};
  script.axes("S serial, T threads, P processes, and how many", "time, ms").line("unset key").line("set yrange [0:*]");
  script.line(fmt::format("set xrange [0.4:{}]", static_cast<double>(cells.size()) + 0.6));
  std::string tics;
  std::size_t flagged = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const cell_figures& each = *cells[i];
    const cell& of = *each.of;
    const std::string name = of.backend == backend::serial
                                 ? "S"
                                 : fmt::format("{}{}", of.backend == backend::threads ? 'T' : 'P', of.workers);
    tics += fmt::format("{}'{}' {}", i == 0 ? "" : ", ", name, i + 1);
    std::vector<std::string> rows;
    for (std::size_t r = 0; r < each.times.size(); ++r) {
      const double aside =
          each.times.size() < 2 ? 0 : static_cast<double>(r) / static_cast<double>(each.times.size() - 1) - 0.5;
      rows.push_back(
          fmt::format("{:.3f} {}", static_cast<double>(i + 1) + 0.5 * aside, figure_number(each.times[r] * 1e3)));
    }
    script.draw(fmt::format("{} using 1:2 with points lc rgb '{}' {}", script.data(rows), ink::of(of.backend),
                            shape(of.backend)));
    script.draw(fmt::format(
        "{} using 1:2 with lines lc rgb '{}' lw 1.5",
        script.data({fmt::format("{} {}", static_cast<double>(i + 1) - 0.35, figure_number(each.time.value * 1e3)),
                     fmt::format("{} {}", static_cast<double>(i + 1) + 0.35, figure_number(each.time.value * 1e3))}),
        ink::text));
    flagged += each.outlying.size();
    std::string far;
    for (const std::size_t index : each.outlying) far += (far.empty() ? "" : ", ") + seconds_text(each.times[index]);
    made.numbers.rows.push_back({cell_text(of), seconds_text(each.time.value), seconds_text(each.deviation),
                                 seconds_text(std::ranges::min(each.times)), seconds_text(std::ranges::max(each.times)),
                                 far.empty() ? "none" : far});
  }
  script.line(fmt::format("set xtics ({})", tics));
  made.description = fmt::format(
      "A mark for each repetition, from left to right as they were made, and a bar at the median. Outliers: {}, kept.",
      flagged);
  made.script = script.text();
  return made;
}

figure ecdf_figure(const workload_figures& workload) {
  const auto cells = usable_cells(workload);
  figure made{id_of(workload.about->name + " ecdf"), workload.about->title + ": distribution", {}, {}, {}};
  made.numbers = {"Distance from the median", {"cell", "10 %", "25 %", "75 %", "90 %"}, {}, 1, false};
  plot_script script{440, 330};
  const double range = widest_spread(cells);
  script.axes("distance from the median, %", "share of repetitions").line("set key above horizontal");
  script.line(fmt::format("set xrange [{:.3f}:{:.3f}]", -range, range))
      .line("set yrange [0:1.04]")
      .line("set format y '%.1f'");
  for (const backend kind : all_kinds) {
    std::vector<double> distances;
    for (const cell_figures* each : cells)
      if (each->of->backend == kind)
        for (const double time : each->times) distances.push_back((time / each->time.value - 1) * 100);
    if (distances.empty()) continue;
    std::ranges::sort(distances);
    std::vector<std::string> rows;
    for (std::size_t i = 0; i < distances.size(); ++i)
      rows.push_back(fmt::format("{} {}", figure_number(distances[i]),
                                 figure_number(static_cast<double>(i + 1) / static_cast<double>(distances.size()))));
    const std::string dashes = kind == backend::processes ? "dt 1"
                               : kind == backend::threads ? "dt (12,5)"
                                                          : "dt (3,4)";
    script.draw(fmt::format("{} using 1:2 with steps lc rgb '{}' lw 2.5 {} title '{}'", script.data(rows),
                            ink::of(kind), dashes, plural(kind)));
  }
  for (const cell_figures* each : cells) {
    std::vector<std::string> row{cell_text(*each->of)};
    for (const double share : {0.1, 0.25, 0.75, 0.9})
      row.push_back(fmt::format("{:+.2f} %", (quantile(each->times, share) / each->time.value - 1) * 100));
    made.numbers.rows.push_back(row);
  }
  made.description = "How far repetitions lie from the median of their cell, all cells of a backend together.";
  made.script = script.text();
  return made;
}

figure order_figure(const workload_figures& workload) {
  const auto cells = usable_cells(workload);
  figure made{id_of(workload.about->name + " order"), workload.about->title + ": in the order of the run", {}, {}, {}};
  made.numbers = {"First half of the run against the second",
                  {"cell", "median of the first half", "of the second", "ratio"},
                  {},
                  1,
                  false};
  plot_script script{440, 330};
  script.axes("place in the run", "distance from the median, %").line("set key above horizontal");
  const double range = widest_spread(cells);
  script.line(fmt::format("set yrange [{:.3f}:{:.3f}]", -range, range))
      .line("set offsets graph 0.02, graph 0.02, 0, 0");
  for (const backend kind : all_kinds) {
    std::vector<std::string> rows;
    for (const cell_figures* each : cells)
      for (const repetition& run : each->of->repetitions)
        if (each->of->backend == kind && run.error.empty())
          rows.push_back(fmt::format("{} {}", run.order, figure_number((run.wall / each->time.value - 1) * 100)));
    if (!rows.empty())
      script.draw(fmt::format("{} using 1:2 with points lc rgb '{}' {} title '{}'", script.data(rows), ink::of(kind),
                              shape(kind), plural(kind)));
  }
  for (const cell_figures* each : cells) {
    const std::size_t half = each->times.size() / 2;
    const std::span<const double> all{each->times};
    const double first = median(all.first(half));
    const double second = median(all.subspan(half));
    made.numbers.rows.push_back(
        {cell_text(*each->of), seconds_text(first), seconds_text(second), number_text(second / first)});
  }
  made.description = "A mark for each repetition at its place in the run. A slope would be a drift of the machine.";
  made.script = script.text();
  return made;
}

}  // namespace yoke::bench
