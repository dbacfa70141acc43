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

/// opinion is what one repetition says by itself.
struct opinion {
  symptoms shown;
  bound is;
  double far;  ///< its time from the median
};

std::vector<opinion> opinions_of(const analysis& of, const workload_figures& workload, const cell_figures& many) {
  std::vector<opinion> all;
  for (const repetition& each : many.of->repetitions) {
    if (!each.error.empty()) continue;
    symptoms own = symptoms_of(of, workload, many, each);
    own.steal = many.steal;
    own.foreign = many.foreign;
    all.push_back({own, bound_of(own), std::abs(each.wall - many.time.value)});
  }
  return all;
}

/// speaker is the repetition that stands for the others: the typical one, or, where less than half agree with it and
/// more than half with each other, the most typical of those. Null where there is none.
const opinion* speaker(const std::vector<opinion>& all) {
  const auto agree = [&](bound with) {
    return 2 * static_cast<std::size_t>(std::ranges::count(all, with, &opinion::is));
  };
  const opinion* chosen = nullptr;
  const opinion* typical = nullptr;
  for (const opinion& each : all) {
    if (typical == nullptr || each.far < typical->far) typical = &each;
    const bool is_majority = each.is != bound::unclear && agree(each.is) > all.size();
    if (is_majority && (chosen == nullptr || each.far < chosen->far)) chosen = &each;
  }
  return typical != nullptr && agree(typical->is) >= all.size() ? typical : chosen;
}

double median_inflation(const std::vector<opinion>& all) {
  std::vector<double> inflations;
  for (const opinion& each : all)
    if (!std::isnan(each.shown.inflation)) inflations.push_back(each.shown.inflation);
  return median(inflations);
}

}  // namespace

verdict judge(const analysis& of, const workload_figures& workload, const cell_figures& many) {
  const std::vector<opinion> all = opinions_of(of, workload, many);
  std::map<bound, int> votes;
  for (const opinion& each : all) ++votes[each.is];
  const double share = 1 / static_cast<double>(std::max<std::size_t>(all.size(), 1));
  symptoms shown = symptoms_of(of, workload, many, *many.typical);
  if (const opinion* const speaks = speaker(all)) shown = speaks->shown;
  shown.steal = many.steal;
  shown.foreign = many.foreign;
  shown.inflation = median_inflation(all);
  const rule* found = first_that_holds(shown);
  verdict said = no_rule(shown);
  if (found != nullptr) {
    said = votes[found->names] * share < 0.5
               ? disagreement(shown)
               : verdict{found->names, 0, found->evidence(shown), found->advice(shown), {}};
  }
  said.confidence = votes[said.is] * share;
  for (const auto& [which, count] : votes)
    if (which != said.is && count > 0)
      said.second +=
          fmt::format("{}{} ({} of {})", said.second.empty() ? "" : ", ", to_string(which), count, all.size());
  return said;
}

}  // namespace yoke::bench
