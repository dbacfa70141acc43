#include "bench/report/figures_text.hpp"
#include "bench/report/plots/plot_script.hpp"
#include "bench/report/plots/plots.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::array parallel{backend::threads, backend::processes};

/// row is "x value low high"; without bounds they are the value.
std::string row(double x, const interval& figure) {
  const auto bound = [&](double value) { return std::isnan(value) ? figure.value : value; };
  return fmt::format("{} {} {} {}", x, figure_number(figure.value), figure_number(bound(figure.low)),
                     figure_number(bound(figure.high)));
}

void draw_backend(plot_script& script, backend kind, const std::vector<std::string>& rows) {
  if (rows.empty()) return;
  const std::string name = script.data(rows);
  script.draw(fmt::format("{} using 1:2 with linespoints lc rgb '{}' {} title '{}'", name, ink::of(kind), marks(kind),
                          plural(kind)));
  script.draw(
      fmt::format("{} using 1:3:(0):($4-$3) with vectors nohead lc rgb '{}' lw 5 dt 1 notitle", name, ink::of(kind)));
}

int most_workers(const std::vector<cell_figures>& cells) {
  int most = 1;
  for (const cell_figures& each : cells) most = std::max(most, each.of->workers);
  return most;
}

std::string worker_tics(int most) {
  return most <= 12 ? fmt::format("set xtics 1\nset xrange [0.8:{}]", most + 0.2)
                    : fmt::format("set xrange [0:{}]", most + 1);
}

template <class Value>
std::vector<std::string> rows_of(const std::vector<cell_figures>& cells, backend kind, Value value) {
  std::vector<std::string> rows;
  for (const cell_figures& each : cells)
    if (each.of->backend == kind && each.usable() && !std::isnan(value(each).value))
      rows.push_back(row(each.of->workers, value(each)));
  return rows;
}

table_block numbers(const std::vector<cell_figures>& cells, const std::string& heading,
                    interval cell_figures::*member) {
  table_block table{"Numbers, with 95 % intervals", {"cell", "median time", heading}, {}, 1, false};
  for (const cell_figures& each : cells)
    if (each.usable() && each.of->backend != backend::serial)
      table.rows.push_back({cell_text(*each.of), seconds_interval(each.time), interval_text(each.*member)});
  return table;
}

std::string in_words(const std::vector<cell_figures>& cells, interval cell_figures::*member, const std::string& what) {
  std::string words;
  for (const backend kind : parallel) {
    const cell_figures* widest = nullptr;
    for (const cell_figures& each : cells)
      if (each.of->backend == kind && each.usable() && !std::isnan((each.*member).value)) widest = &each;
    if (widest != nullptr)
      words += fmt::format("{}{} reach {}", words.empty() ? "" : ", ", cell_text(*widest->of),
                           number_text((widest->*member).value));
  }
  return words.empty() ? what + " was not measured." : fmt::format("{}: {}.", what, words);
}

}  // namespace

std::string id_of(const std::string& words) {
  std::string id;
  for (const char each : words) {
    if (std::isalnum(static_cast<unsigned char>(each)) != 0) {
      id += static_cast<char>(std::tolower(static_cast<unsigned char>(each)));
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
  }
  return id;
}

figure speedup_figure(const analysis& of, const workload_figures& workload) {
  const int most = most_workers(workload.strong);
  plot_script script{440, 330};
  script.axes("workers", "speedup").line("set key above horizontal").line(worker_tics(most));
  script.line(fmt::format("set yrange [0:{}]", most * 1.12));
  script.draw(fmt::format("[1:{}] x with lines lc rgb '{}' dt (2,4) lw 1.5 title 'ideal'", most, ink::ideal));
  std::vector<std::string> ceiling;
  for (const ceiling_figures& each : of.ceiling())
    if (each.workers <= most) ceiling.push_back(row(each.workers, each.speedup));
  if (ceiling.size() > 1)
    script.draw(fmt::format("{} using 1:2 with lines lc rgb '{}' dt (8,3,2,3) lw 1.5 title 'ceiling'",
                            script.data(ceiling), ink::ceiling));
  for (const backend kind : parallel)
    draw_backend(script, kind, rows_of(workload.strong, kind, [](const cell_figures& c) { return c.speedup; }));
  return {id_of(workload.about->name + " speedup"), workload.about->title + ": speedup",
          in_words(workload.strong, &cell_figures::speedup, "Speedup against the serial loop, by number of workers"),
          script.text(), numbers(workload.strong, "speedup", &cell_figures::speedup)};
}

figure efficiency_figure(const analysis& of, const workload_figures& workload) {
  const int most = most_workers(workload.strong);
  plot_script script{440, 330};
  script.axes("workers", "efficiency").line("set key above horizontal").line(worker_tics(most));
  script.line("set yrange [0:1.12]").line("set format y '%.1f'");
  script.draw(fmt::format("[1:{}] 1 with lines lc rgb '{}' dt (2,4) lw 1.5 title 'ideal'", most, ink::ideal));
  std::vector<std::string> ceiling;
  for (const ceiling_figures& each : of.ceiling())
    if (each.workers <= most) ceiling.push_back(fmt::format("{} {}", each.workers, each.speedup.value / each.workers));
  if (ceiling.size() > 1)
    script.draw(fmt::format("{} using 1:2 with lines lc rgb '{}' dt (8,3,2,3) lw 1.5 title 'ceiling'",
                            script.data(ceiling), ink::ceiling));
  for (const backend kind : parallel)
    draw_backend(script, kind, rows_of(workload.strong, kind, [](const cell_figures& c) { return c.efficiency; }));
  return {id_of(workload.about->name + " efficiency"), workload.about->title + ": efficiency",
          in_words(workload.strong, &cell_figures::efficiency, "Speedup over workers, by number of workers"),
          script.text(), numbers(workload.strong, "efficiency", &cell_figures::efficiency)};
}

figure weak_figure(const workload_figures& workload) {
  const int most = most_workers(workload.weak);
  plot_script script{440, 330};
  script.axes("workers, with as many times the items", "T(1) / T(N)").line("set key above horizontal");
  script.line(worker_tics(most)).line("set yrange [0:1.12]").line("set format y '%.1f'");
  bool any = false;
  for (const backend kind : parallel) {
    auto rows = rows_of(workload.weak, kind, [](const cell_figures& c) { return c.efficiency; });
    if (rows.empty()) continue;
    if (std::ranges::none_of(workload.weak,
                             [&](const cell_figures& c) { return c.of->backend == kind && c.of->workers == 1; }))
      rows.insert(rows.begin(), "1 1 1 1");
    any = true;
    draw_backend(script, kind, rows);
  }
  script.draw(fmt::format("[1:{}] 1 with lines lc rgb '{}' dt (2,4) lw 1.5 title 'ideal'", most, ink::ideal));
  return {id_of(workload.about->name + " weak"), workload.about->title + ": weak scaling",
          in_words(workload.weak, &cell_figures::efficiency, "Time of one worker's share over the time of all"),
          any ? script.text() : std::string{}, numbers(workload.weak, "T(1) / T(N)", &cell_figures::efficiency)};
}

}  // namespace yoke::bench
