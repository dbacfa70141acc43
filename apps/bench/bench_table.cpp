#include "bench/bench_table.hpp"

#include "bench/cut_text.hpp"
#include "bench/verdict/verdict.hpp"

#include <cmath>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

using namespace bench;

constexpr std::string_view indent = "               ";

std::string time_text(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.1f} us", 1e6 * seconds);
  if (seconds < 1) return fmt::format("{:.1f} ms", 1e3 * seconds);
  return fmt::format("{:.2f} s", seconds);
}

std::string factor_text(double factor) { return fmt::format("{:.{}f}", factor, factor < 0.1 ? 4 : 2); }

std::string workers_text(const cell& of) {
  if (of.backend == backend::serial) return "serial";
  const std::string_view plural = of.workers == 1 ? "" : of.backend == backend::processes ? "es" : "s";
  return fmt::format("{} {}{}", of.workers, to_string(of.backend), plural);
}

std::string row_of(const cell_figures& figures) {
  const std::string workers = workers_text(*figures.of);
  if (!figures.usable()) {
    const std::string why = figures.of->error.empty() ? "not measured" : figures.of->error;
    return fmt::format("{:<15}{}", workers, cut_text(why, 50));
  }
  std::string text = fmt::format("{:<13}{:>11}", workers, time_text(figures.time.value));
  if (figures.of->backend == backend::serial || std::isnan(figures.speedup.value)) return text;
  text += fmt::format("{:>9}", factor_text(figures.speedup.value));
  const std::string bounds = std::isnan(figures.speedup.low) ? std::string{}
                                                             : fmt::format("{} .. {}", factor_text(figures.speedup.low),
                                                                           factor_text(figures.speedup.high));
  text += fmt::format("{:>18}", bounds);
  return text + fmt::format("{:>9.0f} %", 100 * figures.efficiency.value);
}

std::string advice_on(const analysis& of, const workload_figures& load) {
  const recommendation advice = recommend(of, load);
  if (advice.best == nullptr && !advice.disturbed) return advice.use;
  const std::string_view verb = advice.best == nullptr || advice.disturbed ? "" : "use ";
  return cut_text(fmt::format("{}{}: {}", verb, advice.use, to_string(advice.why.is)), 64);
}

}  // namespace

std::string bench_table(const analysis& of) {
  std::string text = fmt::format("{:<15}{:<13}{:>11}{:>9}{:>18}{:>11}\n", "workload", "workers", "time", "speedup",
                                 "95 % interval", "efficiency");
  for (const workload_figures& load : of.workloads()) {
    bool first = true;
    for (const cell_figures& figures : load.strong) {
      text += first ? fmt::format("{:<15}", cut_text(load.about->name, 14)) : std::string{indent};
      text += row_of(figures) + '\n';
      first = false;
    }
    text += fmt::format("{}{}\n", indent, advice_on(of, load));
  }
  for (const ceiling_figures& point : of.ceiling()) {
    if (point.workers > 1) {
      text += fmt::format("ceiling: {} independent processes are {:.2f} times as fast as one\n", point.workers,
                          point.speedup.value);
    }
  }
  return text;
}

}  // namespace yoke::cli
