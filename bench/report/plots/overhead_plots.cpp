#include "bench/report/figures_text.hpp"
#include "bench/report/plots/plot_script.hpp"
#include "bench/report/plots/plots.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace yoke::bench {

namespace {

const grain_figures* of_kind(const analysis& of, backend kind) {
  const auto found = std::ranges::find(of.grains(), kind, &grain_figures::kind);
  return found == of.grains().end() ? nullptr : &*found;
}

}  // namespace

figure grain_figure(const analysis& of) {
  figure made{"grain-curve", "Efficiency against the length of an item", {}, {}, {}};
  made.numbers = {"Speedup over the machine's ceiling", {"an item takes", "threads", "processes"}, {}, 1, false};
  plot_script script{560, 360};
  script.axes("length of an item, microseconds", "share of the ceiling").line("set logscale x");
  script.line("set yrange [0:1.12]").line("set key bottom right").line("set format y '%.1f'").line("set format x '%g'");
  for (const grain_figures& each : of.grains()) {
    std::vector<std::string> rows;
    for (const grain& point : each.curve)
      rows.push_back(fmt::format("{} {}", figure_number(point.item_seconds * 1e6), figure_number(point.efficiency)));
    script.draw(fmt::format("{} using 1:2 with linespoints lc rgb '{}' {} title '{} x {}'", script.data(rows),
                            ink::of(each.kind), marks(each.kind), plural(each.kind), each.workers));
    made.description += fmt::format("{}: 90 % {}. ", plural(each.kind), break_even_text(each.even));
  }
  if (of.grains().empty()) return made;
  script.draw(fmt::format("0.9 with lines lc rgb '{}' dt (2,4) lw 1.5 title '90 %'", ink::ideal));
  const grain_figures& longest =
      *std::ranges::max_element(of.grains(), {}, [](const grain_figures& g) { return g.curve.size(); });
  for (const grain& point : longest.curve) {
    std::vector<std::string> row{seconds_text(point.item_seconds)};
    for (const backend kind : {backend::threads, backend::processes}) {
      const grain_figures* each = of_kind(of, kind);
      double value = unknown;
      if (each != nullptr)
        for (const grain& own : each->curve)
          if (own.item_seconds == point.item_seconds) value = own.efficiency;
      row.push_back(percent(value));
    }
    made.numbers.rows.push_back(row);
  }
  made.description.pop_back();
  if (longest.curve.size() > 1) made.script = script.text();
  return made;
}

figure throughput_figure(const analysis& of) {
  figure made{"throughput-curve", "Items a second against the length of an item", {}, {}, {}};
  made.numbers = {"Items a second", {"an item takes", "cell", "items a second"}, {}, 2, false};
  plot_script script{560, 360};
  script.axes("length of an item, microseconds", "items a second").line("set logscale xy").line("set key top right");
  script.line("set format x '%g'").line("set format y '10^{%T}'").line("set termoption enhanced");
  std::size_t points = 0;
  for (const backend kind : {backend::serial, backend::threads, backend::processes}) {
    std::vector<std::pair<double, double>> curve;
    std::string name;
    for (const workload_figures& workload : of.workloads()) {
      if (!(workload.about->item_seconds > 0)) continue;
      const cell_figures* each = kind == backend::serial ? workload.serial() : workload.widest(kind, of.cpus());
      if (each == nullptr) continue;
      const double rate = static_cast<double>(each->of->items) / each->time.value;
      curve.emplace_back(workload.about->item_seconds, rate);
      name = cell_text(*each->of);
      made.numbers.rows.push_back({seconds_text(workload.about->item_seconds), name, fmt::format("{:.4g}", rate)});
    }
    std::ranges::sort(curve);
    std::vector<std::string> rows;
    for (const auto& [length, rate] : curve)
      rows.push_back(fmt::format("{} {}", figure_number(length * 1e6), figure_number(rate)));
    if (rows.empty()) continue;
    points = std::max(points, rows.size());
    script.draw(fmt::format("{} using 1:2 with linespoints lc rgb '{}' {} title '{}'", script.data(rows), ink::of(kind),
                            marks(kind), name));
  }
  made.description = "Short items are limited by what it costs to hand them out, long ones by the work itself.";
  if (points > 1) made.script = script.text();
  return made;
}

figure baseline_figure(const std::vector<std::string>& cells, const std::vector<interval>& ratios, double noise) {
  figure made{"baseline-ratios", "Time now over time in the baseline", {}, {}, {}};
  made.description =
      "One mark per cell with its 95 % interval: left of 1 is faster than before. The dotted lines are the noise "
      "threshold.";
  made.numbers = {"Ratios", {"cell", "new over old"}, {}, 1, false};
  plot_script script{560, static_cast<int>(std::min<std::size_t>(900, 110 + 22 * cells.size()))};
  script.axes("new time / old time", "").line("unset key").line("unset grid");
  std::vector<std::string> rows;
  std::string tics;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    made.numbers.rows.push_back({cells[i], interval_text(ratios[i])});
    const auto bound = [&](double value) { return figure_number(std::isnan(value) ? ratios[i].value : value); };
    rows.push_back(
        fmt::format("{} {} {} {}", figure_number(ratios[i].value), i, bound(ratios[i].low), bound(ratios[i].high)));
    std::string name;
    for (const char each : cells[i])
      name += each == '\'' || each == '\\' || static_cast<unsigned char>(each) < 0x20 ? ' ' : each;
    tics += fmt::format("{}'{}' {}", i == 0 ? "" : ", ", name, i);
  }
  if (rows.empty()) return made;
  script.line(fmt::format("set ytics ({})", tics))
      .line(fmt::format("set yrange [{}:-0.7]", static_cast<double>(cells.size()) - 0.3));
  for (const double at : {1 - noise, 1 + noise})
    script.line(fmt::format("set arrow from {0},graph 0 to {0},graph 1 nohead lc rgb '{1}' dt (2,4)", at, ink::ideal));
  script.draw(
      fmt::format("{} using 1:2:3:4 with xerrorbars lc rgb '{}' pt 7 ps 0.8 lw 2", script.data(rows), ink::text));
  made.script = script.text();
  return made;
}

}  // namespace yoke::bench
