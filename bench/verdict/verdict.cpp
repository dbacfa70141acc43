#include "bench/verdict/verdict.hpp"

#include "bench/report/figures_text.hpp"
#include "bench/statistics/sample.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

bound bound_of(const symptoms& of) {
  const rule* found = first_that_holds(of);
  return found == nullptr ? bound::unclear : found->names;
}

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

}  // namespace

verdict judge(const analysis& of, const workload_figures& workload, const cell_figures& many) {
  symptoms typical = symptoms_of(of, workload, many, *many.typical);
  typical.steal = many.steal;
  typical.foreign = many.foreign;
  std::map<bound, int> votes;
  int all = 0;
  std::vector<double> inflations;
  for (const repetition& each : many.of->repetitions) {
    if (!each.error.empty()) continue;
    symptoms own = symptoms_of(of, workload, many, each);
    own.steal = many.steal;
    own.foreign = many.foreign;
    ++votes[bound_of(own)];
    ++all;
    if (!std::isnan(own.inflation)) inflations.push_back(own.inflation);
  }
  typical.inflation = median(inflations);
  const rule* found = first_that_holds(typical);
  verdict said;
  if (found != nullptr) {
    said = {found->names, 0, found->evidence(typical), found->advice(typical), {}};
  } else {
    said.evidence = fmt::format(
        "no rule holds: {} of the time inside tasks computes, {} is blocked; an item takes {:.2f} times the CPU time "
        "with "
        "{}",
        percent(typical.user), percent(typical.blocked), typical.inflation, typical.workers);
    said.advice =
        typical.inflation >= 1.1
            ? fmt::format(
                  "Items take {:.2f} times the CPU time with {} workers: they share something that ends, such as "
                  "memory bandwidth or the cache, and more workers may gain little.",
                  typical.inflation, typical.workers)
            : "Look at where the time went, below; measure with more repetitions or a larger size.";
  }
  said.confidence = votes[said.is] / static_cast<double>(std::max(all, 1));
  for (const auto& [which, count] : votes)
    if (which != said.is && count > 0)
      said.second += fmt::format("{}{} ({} of {})", said.second.empty() ? "" : ", ", to_string(which), count, all);
  if (said.confidence < 0.5 && found != nullptr) {
    said.second = fmt::format("{} ({} of {}){}{}", to_string(said.is), votes[said.is], all,
                              said.second.empty() ? "" : ", ", said.second);
    said.is = bound::unclear;
  }
  return said;
}

recommendation recommend(const analysis& of, const workload_figures& workload) {
  recommendation made;
  made.workload = &workload;
  made.use = "no verdict";
  std::vector<const cell_figures*> candidates;
  for (const cell_figures& each : workload.strong)
    if (each.usable()) candidates.push_back(&each);
  if (candidates.empty()) {
    made.reason = "No cell has a time; the errors are listed under correctness.";
    return made;
  }
  const double noise = of.source().plan.noise;
  const cell_figures* fastest =
      *std::ranges::min_element(candidates, {}, [](const cell_figures* each) { return each->time.value; });
  for (const cell_figures* each : candidates) {
    if (each == fastest || difference_of(ratio_of_medians(each->times, fastest->times), noise) == difference::none)
      made.equal.push_back(each);
  }
  std::ranges::sort(made.equal, preferred);
  made.best = made.equal.front();
  std::erase(made.equal, made.best);

  const cell_figures* judged = made.best->of->workers > 1 ? made.best : nullptr;
  for (const backend kind : {backend::processes, backend::threads})
    if (judged == nullptr) judged = workload.widest(kind, of.cpus());
  if (judged != nullptr) {
    made.why = judge(of, workload, *judged);
  } else {
    made.why.evidence = "nothing was measured with more than one worker";
    made.why.advice = "Measure with --workers 1,2 or more.";
  }
  if (made.why.is == bound::latency && made.best->of->backend == backend::processes) {
    // Waiting needs no isolation: where threads do as well, they are cheaper.
    const auto threads =
        std::ranges::find(made.equal, backend::threads, [](const cell_figures* each) { return each->of->backend; });
    if (threads != made.equal.end()) std::swap(made.best, *threads);
  }
  made.disturbed = made.why.is == bound::disturbed || made.best->disturbed();
  if (made.disturbed) {
    made.why.is = bound::disturbed;
    made.reason = fmt::format("No verdict: {}.", made.why.evidence);
    return made;
  }
  made.use = cell_text(*made.best->of);
  if (made.best->of->backend == backend::serial) {
    made.reason = "Neither processes nor threads are faster than the serial loop.";
    return made;
  }
  made.reason = fmt::format("{} as fast as the serial loop", times_text(made.best->speedup.value));
  if (made.equal.empty()) {
    const cell_figures* other = workload.find(
        made.best->of->backend == backend::processes ? backend::threads : backend::processes, made.best->of->workers);
    if (other != nullptr)
      made.reason += fmt::format("; {} reach {}", cell_text(*other->of), times_text(other->speedup.value));
  } else {
    made.reason += "; no difference to " + cell_text(*made.equal.front()->of);
    if (made.best->of->backend == backend::processes) made.reason += ", and a crash fails one item only";
  }
  made.reason += '.';
  return made;
}

}  // namespace yoke::bench
