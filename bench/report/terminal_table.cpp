#include "bench/report/terminal_table.hpp"

#include "bench/report/figures_text.hpp"
#include "bench/report/wrapped_text.hpp"
#include "bench/verdict/verdict.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::size_t columns = 80;

/// fitted cuts a text that is too long for its column.
std::string fitted(const std::string& text, std::size_t width) {
  return text.size() <= width ? text : text.substr(0, width - 2) + "..";
}

std::string speedup_of(const cell_figures* of) { return of == nullptr ? "-" : times_text(of->speedup.value); }

}  // namespace

std::string to_terminal(const analysis& of, const std::optional<comparison>& with) {
  const environment& machine = of.source().environment;
  std::string out =
      fitted(fmt::format("{}, {} CPUs; {} repetitions", machine.cpu_model.empty() ? "unknown CPU" : machine.cpu_model,
                         of.cpus(), of.source().plan.repetitions),
             columns) +
      "\n\n";
  out += fmt::format("{:<14}{:>9} {:>8} {:>9}  {:<15} {}\n", "workload", "serial", "threads", "processes", "use",
                     "bound by");
  std::vector<std::pair<std::string, std::string>> advice;
  for (const workload_figures& workload : of.workloads()) {
    const recommendation advised = recommend(of, workload);
    const cell_figures* serial = workload.serial();
    out += fmt::format("{:<14}{:>9} {:>8} {:>9}  {:<15} {}\n", fitted(workload.about->name, 13),
                       serial == nullptr ? "-" : seconds_text(serial->time.value),
                       speedup_of(workload.widest(backend::threads, of.cpus())),
                       speedup_of(workload.widest(backend::processes, of.cpus())), advised.use,
                       fitted(std::string{to_string(advised.why.is)}, 20));
    const auto same = std::ranges::find(advice, advised.why.advice, &std::pair<std::string, std::string>::second);
    if (same == advice.end()) {
      advice.emplace_back(workload.about->name, advised.why.advice);
    } else {
      same->first += ", " + workload.about->name;
    }
  }
  out += '\n';
  for (const auto& [names, text] : advice) out += wrapped(names + ": " + text, 2) + '\n';
  if (of.disturbed())
    out +=
        wrapped("Disturbed: other programs used this machine meanwhile. Find a quiet one and measure again.", 2) + '\n';
  if (!with) return out;
  out += fmt::format("\nagainst {}\n", with->name);
  for (const std::string& each : with->doubts) out += wrapped(each, 2) + '\n';
  for (const std::string& each : with->broken) out += wrapped("FAILS NOW  " + each, 2) + '\n';
  std::size_t slower = 0;
  std::size_t faster = 0;
  for (const cell_change& each : with->changes) {
    faster += each.is == difference::faster ? 1 : 0;
    if (each.is != difference::slower) continue;
    ++slower;
    out += wrapped(fmt::format("SLOWER  {}, {}: {} times as long", each.now->of->workload,
                               full_cell_text(*each.now->of), interval_text(each.ratio)),
                   2) +
           '\n';
  }
  if (with->unmeasured > 0) out += fmt::format("{} cells not measured this time\n", with->unmeasured);
  out += fmt::format("{} cells compared: {} slower, {} faster, {} without difference\n", with->changes.size(), slower,
                     faster, with->changes.size() - slower - faster);
  return out;
}

}  // namespace yoke::bench
