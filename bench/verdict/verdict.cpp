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

std::string figures_of(const symptoms& typical) {
  return fmt::format(
      "{} of the time inside tasks computes, {} is blocked; an item takes {:.2f} times the CPU time with {}",
      percent(typical.user), percent(typical.blocked), typical.inflation, typical.workers);
}

verdict no_rule(const symptoms& typical) {
  return {.is = bound::unclear,
          .confidence = 0,
          .evidence = "no rule holds: " + figures_of(typical),
          .advice = typical.inflation >= 1.1
                        ? fmt::format("Items take {:.2f} times the CPU time with {} workers: they share something that "
                                      "ends, such as memory bandwidth or the cache, and more workers may gain little.",
                                      typical.inflation, typical.workers)
                        : "Look at where the time went, below; measure with more repetitions or a larger size.",
          .second = {}};
}

/// disagreement is the verdict where the typical repetition stands for too few of the others.
verdict disagreement(const symptoms& typical) {
  return {.is = bound::unclear,
          .confidence = 0,
          .evidence = "the repetitions disagree; of the typical one, " + figures_of(typical),
          .advice = "Measure again, with a larger size or --thorough: one repetition is not like the next.",
          .second = {}};
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
  const double share = 1 / static_cast<double>(std::max(all, 1));
  verdict said = no_rule(typical);
  if (found != nullptr) {
    said = votes[found->names] * share < 0.5
               ? disagreement(typical)
               : verdict{found->names, 0, found->evidence(typical), found->advice(typical), {}};
  }
  said.confidence = votes[said.is] * share;
  for (const auto& [which, count] : votes)
    if (which != said.is && count > 0)
      said.second += fmt::format("{}{} ({} of {})", said.second.empty() ? "" : ", ", to_string(which), count, all);
  return said;
}

}  // namespace yoke::bench
