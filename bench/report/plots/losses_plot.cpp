#include "bench/report/figures_text.hpp"
#include "bench/report/plots/plot_script.hpp"
#include "bench/report/plots/plots.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

std::string short_name(const cell& of) {
  return of.backend == backend::serial ? "S"
                                       : fmt::format("{}{}", of.backend == backend::threads ? 'T' : 'P', of.workers);
}

}  // namespace

figure losses_figure(const workload_figures& workload) {
  constexpr double smallest = 0.004;
  std::vector<const cell_figures*> cells;
  for (const cell_figures& each : workload.strong)
    if (each.usable() && each.lost.known) cells.push_back(&each);

  figure made{id_of(workload.about->name + " losses"), workload.about->title + ": where the time went", {}, {}, {}};
  made.numbers = {"Core-seconds of the typical repetition; the parts add up to workers x time", {"part"}, {}, 1, false};
  plot_script script{440, 400};
  script.axes("S serial, T threads, P processes, and how many", "share of workers x time, %")
      .line("set yrange [0:104]")
      .line("unset grid");
  script.line("set key above horizontal width 1")
      .line(fmt::format("set xrange [0.4:{}]", static_cast<double>(cells.size()) + 0.6));
  std::string tics;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    tics += fmt::format("{}'{}' {}", i == 0 ? "" : ", ", short_name(*cells[i]->of), i + 1);
    made.numbers.headings.push_back(cell_text(*cells[i]->of));
  }
  script.line(fmt::format("set xtics ({})", tics));

  std::vector<double> height(cells.size(), 0);
  for (std::size_t part = 0; part < losses; ++part) {
    std::vector<std::string> rows;
    std::vector<std::string> row{std::string{name_of(static_cast<loss>(part))}};
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const waterfall& lost = cells[i]->lost;
      row.push_back(fmt::format("{:.4g}", std::abs(lost.parts[part]) < 5e-7 ? 0 : lost.parts[part]));
      const double share = std::max(0.0, lost.parts[part] / lost.total);
      if (share < smallest) continue;
      rows.push_back(fmt::format("{} {:.3f} {:.2f} {:.2f} {:.3f} {:.3f}", i + 1, height[i] * 100,
                                 static_cast<double>(i) + 0.65, static_cast<double>(i) + 1.35, height[i] * 100,
                                 (height[i] + share) * 100));
      height[i] += share;
    }
    made.numbers.rows.push_back(row);
    if (rows.empty()) continue;
    const std::string fill = part == 0 ? "solid 1.0" : fmt::format("pattern {}", 1 + (part - 1) % 7);
    script.draw(fmt::format(
        "{0} using 1:2:3:4:5:6 with boxxyerror fillstyle {1} border rgb '{2}' lc rgb '{2}' lw 1 title '{3}'",
        script.data(rows), fill, ink::part(part), name_of(static_cast<loss>(part))));
  }
  int widest = 2;
  for (const cell_figures* each : cells) widest = std::max(widest, each->of->workers);
  std::vector<std::string> sums{"workers x time"};
  for (const cell_figures* each : cells) {
    sums.push_back(fmt::format("{:.4g}", each->lost.total));
    if (each->of->workers < widest) continue;
    made.description +=
        fmt::format("{}{}: useful {}, most lost to {} ({})", made.description.empty() ? "" : "; ", cell_text(*each->of),
                    percent(each->lost[loss::useful] / each->lost.total), name_of(each->lost.largest()),
                    percent(each->lost[each->lost.largest()] / each->lost.total));
  }
  made.numbers.rows.push_back(sums);
  made.description += made.description.empty() ? "One bar per cell." : ".";
  if (!cells.empty()) made.script = script.text();
  return made;
}

figure timeline_figure(const workload_figures& workload, const cell_figures& of) {
  constexpr std::size_t most_boxes = 100;
  const auto run = std::ranges::find_if(of.of->repetitions, [](const repetition& r) { return !r.spans.empty(); });
  figure made{id_of(workload.about->name + ' ' + cell_text(*of.of) + " timeline"),
              workload.about->title + ", " + cell_text(*of.of) + ": chunks in time",
              {},
              {},
              {}};
  if (run == of.of->repetitions.end()) return made;

  std::vector<std::vector<chunk_span>> lanes(static_cast<std::size_t>(worker_numbers(*run, of.of->workers)));
  double end = 0;
  for (const chunk_span& each : run->spans) {
    lanes[static_cast<std::size_t>(each.worker)].push_back(each);
    end = std::max(end, each.end);
  }
  made.numbers = {
      "Chunks of each worker", {"worker", "chunks", "first begins", "last ends", "busy", "longest"}, {}, 1, false};
  const std::size_t together = run->spans.size() / most_boxes + 1;
  std::vector<std::string> rows;
  for (std::size_t worker = 0; worker < lanes.size(); ++worker) {
    auto& lane = lanes[worker];
    std::ranges::sort(lane, {}, &chunk_span::begin);
    double busy = 0;
    double longest = 0;
    for (std::size_t i = 0; i < lane.size(); ++i) {
      busy += lane[i].end - lane[i].begin;
      longest = std::max(longest, lane[i].end - lane[i].begin);
      if (i % together != 0) continue;
      const chunk_span& last = lane[std::min(i + together, lane.size()) - 1];
      rows.push_back(fmt::format("{0:.4f} {1} {0:.4f} {2:.4f} {3} {4}", lane[i].begin * 1e3, worker, last.end * 1e3,
                                 static_cast<double>(worker) - 0.35, static_cast<double>(worker) + 0.35));
    }
    if (lane.empty()) continue;
    made.numbers.rows.push_back({std::to_string(worker), std::to_string(lane.size()), seconds_text(lane.front().begin),
                                 seconds_text(lane.back().end), seconds_text(busy), seconds_text(longest)});
  }
  plot_script script{440, std::min(420, 150 + 40 * static_cast<int>(lanes.size()))};
  script.axes("ms since the first chunk was sent", "worker").line("set ytics 1").line("unset grid").line("unset key");
  script.line(fmt::format("set yrange [{}:-0.6]", static_cast<double>(lanes.size()) - 0.4));
  script.line(fmt::format("set xrange [0:{:.4f}]", end * 1e3 * 1.02));
  script.draw(fmt::format("{} using 1:2:3:4:5:6 with boxxyerror fillstyle solid 1.0 border rgb '{}' lc rgb '{}' lw 0.8",
                          script.data(rows), ink::paper, ink::of(of.of->backend)));
  made.script = script.text();
  made.description =
      fmt::format("Repetition {}: {} chunks on {} workers{} in {}{}.", run->number, run->spans.size(), of.of->workers,
                  lanes.size() > static_cast<std::size_t>(of.of->workers) ? " and their replacements" : "",
                  seconds_text(end), together > 1 ? fmt::format("; {} neighbours are drawn as one box", together) : "");
  return made;
}

}  // namespace yoke::bench
