#include "advise/workload_advice.hpp"

#include "bench/programs/shell_words.hpp"
#include "bench/programs/started_program.hpp"
#include "bench/programs/stop_signals.hpp"
#include "bench/report/figures_text.hpp"
#include "bench/report/wrapped_text.hpp"
#include "bench/results/json.hpp"
#include "bench/verdict/verdict.hpp"
#include "bench/workloads/workload_list.hpp"
#include "common/command_error.hpp"
#include "common/messages.hpp"
#include "common/nearest.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

namespace yoke::cli {
namespace {

std::string advice_on(const bench::analysis& of, const bench::workload_figures& workload) {
  using namespace yoke::bench;
  const recommendation advised = recommend(of, workload);
  std::string out = wrapped(fmt::format("{}: {}", workload.about->name, workload.about->about), 2) + "\n\n";
  for (const cell_figures& each : workload.strong) {
    if (!each.usable()) {
      const std::string why = each.of->error.empty() ? "not measured" : "error: " + each.of->error;
      out += wrapped(fmt::format("{:<16} {}", cell_text(*each.of), why), 2) + '\n';
      continue;
    }
    const bool serial = each.of->backend == backend::serial;
    out += fmt::format("{:<16} {:>28}{}{}\n", cell_text(*each.of), seconds_interval(each.time),
                       serial ? std::string{} : fmt::format(" {:>24}", interval_text(each.speedup) + " x"),
                       &each == advised.best && !advised.disturbed ? "  <-" : "");
  }
  out += '\n' + wrapped(fmt::format("{}: {}.", to_string(advised.why.is), advised.why.evidence), 2) + '\n';
  if (advised.best != nullptr) {
    out += wrapped(fmt::format("confidence {}{}", percent(advised.why.confidence),
                               advised.why.second.empty() ? "" : "; other repetitions say " + advised.why.second),
                   2) +
           '\n';
  }
  std::string what = fmt::format("Use {}. {}", advised.use, advised.reason);
  if (advised.best == nullptr) what = advised.reason;
  if (advised.disturbed) what.clear();  // the advice says all
  out += '\n' + wrapped(fmt::format("-> {}{}{}", what, what.empty() ? "" : " ", advised.why.advice), 3) + '\n';
  return out;
}

struct judgement {
  std::string text;
  bool judged = true;
};

judgement judge(const bench::results& given, const std::string& workload, const std::string& source) {
  const bench::analysis figures{given};
  judgement made;
  std::vector<std::string_view> names;
  for (const bench::workload_figures& each : figures.workloads()) {
    names.push_back(each.about->name);
    if (!workload.empty() && each.about->name != workload) continue;
    if (!made.text.empty()) made.text += '\n';
    made.text += advice_on(figures, each);
    const bench::recommendation advised = recommend(figures, each);
    made.judged = made.judged && advised.best != nullptr && !advised.disturbed;
  }
  if (made.text.empty())
    throw usage_error{fmt::format("{}: no workload is called '{}'{}", source, workload, did_you_mean(workload, names))};
  return made;
}

int print_advice(const bench::results& given, const std::string& workload, const std::string& source) {
  const judgement made = judge(given, workload, source);
  print(made.text);
  return made.judged ? 0 : static_cast<int>(exit_status::negative);
}

/// is_compared tells whether there is a figure of each backend.
bool is_compared(const bench::results& given) {
  return std::ranges::all_of(std::array{backend::serial, backend::threads, backend::processes}, [&](backend kind) {
    return std::ranges::any_of(given.cells,
                               [&](const bench::cell& each) { return each.backend == kind && each.error.empty(); });
  });
}

/// What an interrupted bench has measured is judged where there is something to compare.
void print_what_was_kept(const std::string& text, const std::string& workload) {
  judgement made{.text = {}, .judged = false};
  try {
    const bench::results kept = bench::from_json(text, "what yoke bench measured");
    if (is_compared(kept)) made = judge(kept, workload, "yoke bench");
  } catch (const std::exception&) {  // it was ended before it had written them
  }
  if (made.judged) print(made.text);
  complain("yoke advise", made.judged ? "interrupted: this is judged from what was measured until then"
                                      : "interrupted before there was enough to judge");
}

/// finish_bench waits for the bench, which hears a terminal's signals itself and is sent those that only we get.
/// Returns the one that stopped it, or 0.
int finish_bench(const bench::started_program& run, bench::stop_signals& stops) {
  int stopped = 0;
  for (bool ended = false; !ended;) {
    ended = run.ended_before(stops.watch());
    const std::optional<bench::stop_signal> stop = stops.take();
    if (!stop) continue;
    if (stopped == 0) stopped = stop->number;
    if (!ended && !stop->of_terminal) run.send(stop->number);
  }
  return stopped;
}

/// hint_for takes what is no workload for a command, where it is a path or like no workload.
std::string hint_for(const std::string& unknown) {
  const std::string as_command =
      fmt::format("a command stands behind --: yoke advise -- {}", bench::shell_word(unknown));
  if (unknown.find('/') != unknown.npos) return "; " + as_command;
  std::vector<std::string_view> names;
  for (const bench::workload& each : bench::workloads()) names.emplace_back(each.name);
  const std::string near = did_you_mean(unknown, names);
  return near.empty() ? "; yoke bench --list lists them, and " + as_command : near;
}

}  // namespace

int advise_from(const std::string& results, const std::string& workload) {
  try {
    return print_advice(bench::read_results(results), workload, results);
  } catch (const bench::results_error& error) {
    throw io_error{error.what()};
  }
}

int advise_by_measuring(const std::string& workload) {
  if (bench::find_workload(workload) == nullptr) {
    throw usage_error{fmt::format("unknown workload '{}'{}", workload, hint_for(workload))};
  }
  const auto measured = bench::memory_file();
  bench::program_end end;
  int stopped = 0;
  {
    bench::stop_signals stops;
    bench::started_program run{{"/proc/self/exe", "bench", "--quick", "--workloads", workload, "--json", "-"},
                               {.out = measured.get(), .err = STDERR_FILENO, .folder = {}}};
    stopped = finish_bench(run, stops);
    end = run.finish();
  }
  const std::string text = bench::text_of(measured);
  if (stopped != 0) {
    print_what_was_kept(text, workload);
    return 128 + stopped;
  }
  if (end.status != 0 && text.empty()) return end.status;
  try {
    return print_advice(bench::from_json(text, "what yoke bench measured"), workload, "yoke bench");
  } catch (const bench::results_error& error) {
    throw io_error{error.what()};
  }
}

}  // namespace yoke::cli
