#include "bench/report/terminal_table.hpp"

#include "bench/report/figures_text.hpp"
#include "bench/report/reported_warnings.hpp"
#include "bench/report/wrapped_text.hpp"
#include "bench/verdict/verdict.hpp"
#include "sys/visible_text.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr std::size_t columns = 80;
constexpr std::string_view row_format = "{:<14}{:>8} {:>8} {:>9}  {:<15}  {}\n";

/// named_texts are texts, and what each is said of.
using named_texts = std::vector<std::pair<std::string, std::string>>;

/// fitted makes a text visible, and cuts one that is too long for its column, between characters.
std::string fitted(const std::string& text, std::size_t width) {
  std::string visible = detail::visible_text(text);
  const auto begins = [](char each) { return (static_cast<unsigned char>(each) & 0xc0U) != 0x80U; };
  if (static_cast<std::size_t>(std::ranges::count_if(visible, begins)) <= width) return visible;
  std::size_t end = 0;
  for (std::size_t characters = 0; end < visible.size(); ++end)
    if (begins(visible[end]) && ++characters > width - 2) break;
  return visible.substr(0, end) + "..";
}

/// said is a paragraph of a list.
std::string said(const std::string& text) {
  std::string visible = text;
  std::ranges::replace(visible, '\n', ' ');
  return wrapped(detail::visible_text(visible), 2) + '\n';
}

std::string speedup_of(const cell_figures* of) { return of == nullptr ? "-" : times_text(of->speedup.value); }

void add(named_texts& to, const std::string& name, const std::string& text) {
  if (text.empty()) return;
  const auto same = std::ranges::find(to, text, &named_texts::value_type::second);
  if (same == to.end()) {
    to.emplace_back(name, text);
  } else {
    same->first += ", " + name;
  }
}

/// repetitions_text tells what was wanted, or what there is where the run did not get so far.
std::string repetitions_text(const results& of) {
  if (of.plan.finished || of.cells.empty()) return fmt::format("{} repetitions", of.plan.repetitions);
  const auto count = [](const cell& each) { return each.repetitions.size(); };
  const auto [fewest, most] = std::ranges::minmax_element(of.cells, {}, count);
  const std::string range = count(*fewest) == count(*most) ? "" : fmt::format("{} to ", count(*fewest));
  return fmt::format("{}{} of {} repetitions", range, count(*most), of.plan.repetitions);
}

std::string header(const analysis& of) {
  const environment& machine = of.source().environment;
  return fitted(fmt::format("{}, {} CPUs; {}", machine.cpu_model.empty() ? "unknown CPU" : machine.cpu_model, of.cpus(),
                            repetitions_text(of.source())),
                columns);
}

std::string row_of(const analysis& of, const workload_figures& workload, const recommendation& advised) {
  const cell_figures* serial = workload.serial();
  return fmt::format(row_format, fitted(workload.about->name, 13),
                     serial == nullptr ? "-" : seconds_text(serial->time.value),
                     speedup_of(workload.widest(backend::threads, of.cpus())),
                     speedup_of(workload.widest(backend::processes, of.cpus())), advised.use,
                     advised.best == nullptr ? std::string{"-"} : fitted(std::string{to_string(advised.why.is)}, 20));
}

/// errors_of lists the errors of a workload's cells, those alike together.
std::string errors_of(const workload_figures& workload) {
  named_texts errors;
  for (const cell_figures& each : workload.strong) add(errors, cell_text(*each.of), each.error());
  std::string out;
  for (const auto& [cells, text] : errors) out += said(fmt::format("{}, {}: {}", workload.about->name, cells, text));
  return out;
}

std::string changes_text(const comparison& with) {
  std::string out = fmt::format("\nagainst {}\n", detail::visible_text(with.name));
  for (const std::string& each : with.doubts) out += said(each);
  for (const std::string& each : with.broken) out += said("FAILS NOW  " + each);
  for (const cell_change& each : with.changes) {
    if (each.is != difference::slower) continue;
    out += said(fmt::format("SLOWER  {}, {}: {} times as long", each.now->of->workload, full_cell_text(*each.now->of),
                            interval_text(each.ratio)));
  }
  if (with.unmeasured > 0) out += fmt::format("{} cells not measured this time\n", with.unmeasured);
  if (const auto few = with.count(difference::unclear); few > 0)
    out += fmt::format("{} cells measured fewer than {} times, now or then: nothing can be said\n", few,
                       fewest_repetitions);
  const auto none = with.count(difference::none);
  const auto slower = with.count(difference::slower);
  const auto faster = with.count(difference::faster);
  return out + fmt::format("{} cells compared: {} slower, {} faster, {} without difference\n", none + slower + faster,
                           slower, faster, none);
}

}  // namespace

std::string to_terminal(const analysis& of, const std::optional<comparison>& with) {
  std::string out = header(of) + "\n\n";
  out += fmt::format(row_format, "workload", "serial", "threads", "processes", "use", "bound by");
  named_texts advice;
  std::string errors;
  for (const workload_figures& workload : of.workloads()) {
    const recommendation advised = recommend(of, workload);
    out += row_of(of, workload, advised);
    errors += errors_of(workload);
    if (advised.use == "failed") continue;
    const std::string& cure = advised.why.advice;
    add(advice, workload.about->name, advised.best == nullptr ? fmt::format("{} {}", advised.reason, cure) : cure);
  }
  out += '\n';
  for (const auto& [names, text] : advice) out += said(fmt::format("{}: {}", names, text));
  out += errors;
  for (const std::string& each : reported_warnings(of)) out += said("Warning: " + each);
  return with ? out + changes_text(*with) : out;
}

}  // namespace yoke::bench
