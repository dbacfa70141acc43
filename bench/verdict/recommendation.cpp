#include "bench/report/figures_text.hpp"
#include "bench/verdict/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

using cells = std::vector<const cell_figures*>;

/// preferred orders cells that are equally fast.
bool preferred(const cell_figures* left, const cell_figures* right) {
  const auto key = [](const cell_figures* each) {
    return std::pair{each->of->workers, each->of->backend == backend::processes ? 0
                                        : each->of->backend == backend::serial  ? 1
                                                                                : 2};
  };
  const bool serial_left = left->of->backend == backend::serial;
  const bool serial_right = right->of->backend == backend::serial;
  if (serial_left != serial_right) return serial_left;
  return key(left) < key(right);
}

cells usable_cells(const workload_figures& workload) {
  cells found;
  for (const cell_figures& each : workload.strong)
    if (each.usable()) found.push_back(&each);
  return found;
}

/// say_why_no_time is for a workload without any time.
void say_why_no_time(recommendation& made, const workload_figures& workload, const plan& run) {
  const auto failed = std::ranges::find_if(workload.strong, [](const cell_figures& c) { return !c.error().empty(); });
  if (failed == workload.strong.end()) {
    made.use = "not measured";
    made.reason = "No cell was measured.";
    made.why = {.evidence = "nothing was measured", .advice = how_to_finish(run), .second = {}};
  } else {
    made.use = "failed";
    made.reason = fmt::format("No cell has a time; {}: {}", cell_text(*failed->of), failed->error());
    made.why = {.evidence = "every cell failed", .advice = {}, .second = {}};
  }
}

void say_too_few(recommendation& made, const cell_figures& of, const plan& run) {
  made.reason = fmt::format("No verdict: {} repetition{} of {}, and it takes {}.", of.times.size(),
                            of.times.size() == 1 ? "" : "s", cell_text(*of.of), fewest_repetitions);
  made.why = {.evidence = "there are too few repetitions", .advice = how_to_finish(run), .second = {}};
}

/// choose finds the fastest cell, those equal to it, and the best of these. Where the fastest differs from the serial
/// loop, a cell that does not is no equal: its interval is wide, and that is no merit.
const cell_figures* choose(recommendation& made, const cells& candidates, const cell_figures* serial, double noise) {
  const cell_figures* fastest =
      *std::ranges::min_element(candidates, {}, [](const cell_figures* each) { return each->time.value; });
  const auto against = [&](const cell_figures* one, const cell_figures* other) {
    return difference_of(ratio_of_medians(one->times, other->times), noise);
  };
  const bool gains = serial != nullptr && against(serial, fastest) == difference::slower;
  for (const cell_figures* each : candidates) {
    const bool equal = against(each, fastest) == difference::none;
    if (each == fastest || (equal && (!gains || against(serial, each) == difference::slower)))
      made.equal.push_back(each);
  }
  std::ranges::sort(made.equal, preferred);
  made.best = made.equal.front();
  std::erase(made.equal, made.best);
  return fastest;
}

/// say_nothing_to_judge tells why there is no parallel cell to be judged.
void say_nothing_to_judge(verdict& why, const workload_figures& workload) {
  const auto several = [](const cell_figures& each) { return each.of->workers > 1; };
  const auto usable = [&](const cell_figures& each) { return several(each) && each.usable(); };
  if (std::ranges::none_of(workload.strong, several)) {
    why.evidence = "nothing was measured with more than one worker";
    why.advice = "Measure with --workers 1,2 or more.";
  } else if (std::ranges::any_of(workload.strong, usable)) {
    why.evidence = "nothing was measured with more than one worker and a CPU for each";
    why.advice = "Measure on a machine with more CPUs.";
  } else {
    why.evidence = "with more than one worker it failed";
    why.advice = "Mend what fails, and measure again.";
  }
}

std::string reason_for_serial(const recommendation& made, const cells& candidates, const cell_figures* fastest) {
  if (candidates.size() == 1) return "Nothing but the serial loop has a time.";
  if (made.equal.empty()) return "Neither processes nor threads are faster than the serial loop.";
  const cell_figures& other = fastest == made.best ? *made.equal.front() : *fastest;
  return fmt::format("No difference to the serial loop was shown: {} reach {} x.{}", cell_text(*other.of),
                     interval_text(other.speedup),
                     other.speedup.high > 1.1 ? " More repetitions (--thorough) may show one." : "");
}

std::string reason_for(const recommendation& made) {
  std::string reason = std::isnan(made.best->speedup.value)
                           ? "The fastest; there is no serial time to compare it with"
                           : fmt::format("{} as fast as the serial loop", times_text(made.best->speedup.value));
  const bool isolated = made.best->of->backend == backend::processes;
  if (made.equal.empty()) {
    const cell_figures* other =
        made.workload->find(isolated ? backend::threads : backend::processes, made.best->of->workers);
    if (other != nullptr && !std::isnan(other->speedup.value))
      reason += fmt::format("; {} reach {}", cell_text(*other->of), times_text(other->speedup.value));
  } else {
    reason += "; no difference to " + cell_text(*made.equal.front()->of);
    if (isolated) reason += ", and a crash fails one item only";
  }
  return reason + '.';
}

}  // namespace

std::string how_to_finish(const plan& run) {
  return run.budget > 0 ? "Measure again, with more --budget." : "Measure again, and let the run end.";
}

recommendation recommend(const analysis& of, const workload_figures& workload) {
  const plan& run = of.source().plan;
  recommendation made;
  made.workload = &workload;
  made.use = "no verdict";
  const cells candidates = usable_cells(workload);
  if (candidates.empty()) return say_why_no_time(made, workload, run), made;
  const cell_figures& rarest = *std::ranges::min_element(workload.strong, {}, [](const cell_figures& each) {
    return each.error().empty() ? each.times.size() : fewest_repetitions;  // what failed would not be chosen anyway
  });
  if (rarest.error().empty() && rarest.times.size() < fewest_repetitions) return say_too_few(made, rarest, run), made;
  const cell_figures* fastest = choose(made, candidates, workload.serial(), run.noise);

  const cell_figures* judged = made.best->of->workers > 1 ? made.best : nullptr;
  for (const backend kind : {backend::processes, backend::threads})
    if (judged == nullptr) judged = workload.widest(kind, of.cpus());
  if (judged != nullptr) {
    made.why = judge(of, workload, *judged);
  } else {
    say_nothing_to_judge(made.why, workload);
  }
  if (made.why.is == bound::latency && made.best->of->backend == backend::processes) {
    // Waiting needs no isolation: where threads do as well, they are cheaper.
    const auto threads =
        std::ranges::find(made.equal, backend::threads, [](const cell_figures* each) { return each->of->backend; });
    if (threads != made.equal.end()) std::swap(made.best, *threads);
  }
  made.disturbed = made.why.is == bound::disturbed || made.best->disturbed();
  if (made.disturbed) {
    made.reason = "No verdict: the machine was busy.";
    if (made.why.is == bound::disturbed) return made;
    const rule& busy = rules().front();
    const symptoms shares{.steal = made.best->steal, .foreign = made.best->foreign};
    made.why = {busy.names, 1, busy.evidence(shares), busy.advice(shares), {}};
    return made;
  }
  made.use = cell_text(*made.best->of);
  made.reason =
      made.best->of->backend == backend::serial ? reason_for_serial(made, candidates, fastest) : reason_for(made);
  return made;
}

}  // namespace yoke::bench
