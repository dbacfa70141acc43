#include "bench/report/figures_text.hpp"
#include "bench/report/sections/sections.hpp"
#include "bench/verdict/verdict.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

std::string mark_of(const recommendation& advised) {
  return advised.disturbed || advised.best == nullptr ? "none" : std::string{to_string(advised.best->of->backend)};
}

std::string sure_text(const verdict& of) {
  if (!(of.confidence > 0)) return of.second.empty() ? of.second : "the repetitions say: " + of.second;
  return fmt::format("{} of the repetitions say so{}", percent(of.confidence),
                     of.second.empty() ? "" : "; others: " + of.second);
}

verdict_row row_of(const recommendation& advised) {
  verdict_row row;
  row.workload = advised.workload->about->title;
  row.about = advised.workload->about->about;
  row.use = advised.use;
  row.kind = mark_of(advised);
  row.reason = advised.reason;
  row.advice = advised.why.advice;
  if (advised.best == nullptr) return row;
  row.bound = to_string(advised.why.is);
  row.evidence = advised.why.evidence;
  row.sure = sure_text(advised.why);
  const cell_figures& best = *advised.best;
  if (!advised.disturbed && best.of->backend != backend::serial && !std::isnan(best.speedup.value)) {
    row.speedup = times_text(best.speedup.value);
    row.bounds =
        fmt::format("95 % interval {}; efficiency {}", bounds_text(best.speedup), percent(best.efficiency.value));
  }
  if (best.lost.known && best.of->workers > 1)
    row.loss = fmt::format("{}, {} of workers x time", name_of(best.lost.largest()),
                           percent(best.lost[best.lost.largest()] / best.lost.total));
  return row;
}

std::string machine_text(const analysis& of) {
  const environment& machine = of.source().environment;
  return fmt::format("{}, {:.0f} CPUs", machine.cpu_model.empty() ? "unknown CPU" : machine.cpu_model, of.cpus());
}

std::string count_text(double value) { return std::isfinite(value) ? fmt::format("{:g}", value) : "unknown"; }

std::string known(const std::string& text) { return text.empty() ? "unknown" : text; }

std::string state_text(const machine_state& of) {
  return fmt::format("load {}, others used {}, withheld {}, CPU pressure {}", number_text(of.load), percent(of.foreign),
                     percent(of.steal), percent(of.cpu_pressure));
}

std::string caches_text(const environment& of) {
  std::string text;
  for (const cpu_cache& each : of.caches)
    text += fmt::format("{}L{} {} {}", text.empty() ? "" : ", ", each.level, each.kind, binary_bytes_text(each.bytes));
  return known(text);
}

std::string list_text(const std::vector<int>& of) {
  std::string text;
  for (const int each : of) text += fmt::format("{}{}", text.empty() ? "" : ", ", each);
  return known(text);
}

/// tally counts recommendations, for one sentence about all.
struct tally {
  std::size_t processes = 0;
  std::size_t threads = 0;
  std::size_t either = 0;
  std::size_t serial = 0;
  std::size_t busy = 0;
  std::size_t none = 0;

  void add(const recommendation& advised) {
    const std::string kind = mark_of(advised);
    const bool tie = std::ranges::any_of(advised.equal, [&](const cell_figures* each) {
      return each->of->backend != backend::serial && advised.best->of->backend != each->of->backend &&
             each->of->workers == advised.best->of->workers;
    });
    (advised.disturbed   ? busy
     : kind == "none"    ? none
     : kind == "serial"  ? serial
     : tie               ? either
     : kind == "process" ? processes
                         : threads) += 1;
  }

  [[nodiscard]] std::string text(std::size_t all) const {
    if (all == 0) return "Nothing was measured.";
    if (busy == all) return "No verdict: the machine was busy.";
    const auto count = [](std::size_t n, std::string_view what) {
      return n == 0 ? std::string{} : fmt::format("{} {}, ", what, n);
    };
    std::string words = count(processes, "processes win on") + count(threads, "threads win on") +
                        count(either, "processes and threads are equal on") +
                        count(serial, "the serial loop is the choice on") +
                        count(busy, "the machine was too busy to tell on") + count(none, "there is no verdict on");
    words.resize(words.size() - 2);
    words[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(words[0])));
    return fmt::format("{} of {} workloads.", words, all);
  }
};

}  // namespace

section verdict_section(const analysis& of) {
  verdict_box box;
  tally found;
  for (const workload_figures& workload : of.workloads()) {
    const recommendation advised = recommend(of, workload);
    box.rows.push_back(row_of(advised));
    found.add(advised);
  }
  box.disturbed = of.disturbed();
  if (box.disturbed)
    box.disturbance =
        "Other programs used this machine meanwhile, or its hypervisor withheld CPUs: find a quiet machine and measure "
        "again before you believe a difference.";
  box.summary = found.text(of.workloads().size());
  if (box.rows.size() == 1) {
    const verdict_row& only = box.rows.front();
    box.summary = only.kind == "none" ? only.reason : fmt::format("Use {}: {}", only.use, only.reason);
  }
  return {"verdict", "Verdict", {box}};
}

section setup_section(const analysis& of) {
  const results& from = of.source();
  const environment& machine = from.environment;
  section made{"setup", "Set-up, and how to repeat it", {}};
  made.blocks.push_back(code{known(from.plan.command)});
  table_block table{"The machine", {"what", "value"}, {}, 2, false};
  const auto row = [&](const char* name, const std::string& value) { table.rows.push_back({name, value}); };
  row("CPU", known(machine.cpu_model));
  row("CPUs online; cores allowed; threads per core",
      fmt::format("{}; {}; {}", count_text(machine.logical_cpus), count_text(machine.physical_cores),
                  count_text(machine.threads_per_core)));
  row("allowed by affinity mask", list_text(machine.allowed_cpus));
  row("control group quota", std::isnan(machine.quota_cpus) ? "none" : fmt::format("{} CPUs", machine.quota_cpus));
  row("usable at once", count_text(of.cpus()));
  row("caches", caches_text(machine));
  row("memory; NUMA nodes", fmt::format("{}; {}", bytes_text(machine.memory_bytes), count_text(machine.numa_nodes)));
  row("hypervisor; governor",
      fmt::format("{}; {}", machine.hypervisor.empty() ? "none seen" : machine.hypervisor, known(machine.governor)));
  row("kernel; C library", fmt::format("{}; {}", known(machine.kernel), known(machine.libc)));
  row("yoke; revision; built with",
      fmt::format("{}; {}; {} {} ({})", known(machine.yoke_version), known(machine.revision), known(machine.compiler),
                  machine.compiler_flags, known(machine.build_type)));
  row("when; how long", fmt::format("{}; {}", known(from.plan.begun), seconds_text(from.plan.seconds)));
  row("before", state_text(from.before));
  row("after", state_text(from.after));
  made.blocks.push_back(table);

  table_block workloads{"Workloads", {"name", "what it is", "an item", "items", "size"}, {}, 3, false};
  for (const workload_figures& each : of.workloads())
    workloads.rows.push_back(
        {each.about->name, each.about->about, each.about->item, std::to_string(each.about->items), each.about->size});
  made.blocks.push_back(workloads);
  return made;
}

section method_section(const analysis& of) {
  const plan& how = of.source().plan;
  section made{"method", "Method", {}};
  made.blocks.push_back(paragraph{
      fmt::format("Times are wall times from the first chunk sent to the last result committed; making and "
                  "ending the pool is given "
                  "apart. The base is the best serial loop, in absolute seconds, and 1 worker of the same "
                  "backend beside it. Cells ran "
                  "in random blocks (seed {}), {}{} repetitions each after {} thrown away. Each result's hash "
                  "was compared with the serial "
                  "one: a wrong answer is an error and no time.",
                  how.seed, how.finished ? "" : "up to ", how.repetitions, how.warm_ups)});
  made.blocks.push_back(
      paragraph{fmt::format("Figures are medians. Intervals are 95 % percentile bootstraps of (ratios of) medians, "
                            "2,000 resamples with a fixed "
                            "seed; with ten repetitions they are a little narrow at times. Outliers, farther than 3.5 "
                            "scaled MADs, are flagged and "
                            "kept. \"No difference\" means that the interval straddles 1 +- {}, or lies within. CPU "
                            "time is that which workers "
                            "report of themselves: the usual clocks miss live children.",
                            percent(how.noise))});
  table_block ceiling{
      "Ceiling: independent spinners, which no scheduler can beat", {"at once", "times as fast as one"}, {}, 1, false};
  for (const ceiling_figures& each : of.ceiling())
    ceiling.rows.push_back({std::to_string(each.workers), interval_text(each.speedup)});
  if (ceiling.rows.empty()) {
    made.blocks.push_back(
        paragraph{"The machine's ceiling was not measured: speedup is compared with the number of workers.",
                  paragraph::tone::warning});
  } else {
    made.blocks.push_back(ceiling);
  }
  table_block rule_table{"What is it bound by: the first rule that holds", {"bound", "rule"}, {}, 2, true};
  for (const rule& each : rules())
    rule_table.rows.push_back({std::string{to_string(each.names)}, std::string{each.condition}});
  rule_table.rows.push_back({"unclear", "none of them, or most repetitions disagree with the typical one"});
  made.blocks.push_back(rule_table);
  return made;
}

document write_document(const analysis& of, const std::optional<comparison>& with) {
  return {
      "Processes or threads?",
      fmt::format("{} · {}", machine_text(of), known(of.source().plan.begun)),
      {verdict_section(of), setup_section(of), method_section(of), strong_section(of), weak_section(of),
       losses_section(of), overheads_section(of), grain_section(of), distributions_section(of), timeline_section(of),
       models_section(of), correctness_section(of), warnings_section(of), baseline_section(of, with), raw_section(of)}};
}

std::vector<figure*> figures_of(document& of) {
  std::vector<figure*> found;
  for (section& part : of.sections)
    for (block& each : part.blocks)
      if (auto* row = std::get_if<figure_row>(&each))
        for (figure& plot : row->figures)
          if (!plot.script.empty()) found.push_back(&plot);
  return found;
}

}  // namespace yoke::bench
