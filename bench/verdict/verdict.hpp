#pragma once

#include "bench/verdict/rules.hpp"

#include <string>
#include <vector>

namespace yoke::bench {

/// verdict is what a workload is bound by on one backend.
struct verdict {
  bound is = bound::unclear;
  double confidence = 0;  ///< share of the repetitions that say the same by themselves
  std::string evidence;   ///< the figures that the rule looked at
  std::string advice;     ///< what to do
  std::string second;     ///< what the repetitions that disagree say, "CPU bound (2)"; empty when all agree
};

/// judge classifies a cell of a workload with more than one worker. Where less than half the repetitions agree with
/// the typical one it is unclear.
verdict judge(const analysis& of, const workload_figures& workload, const cell_figures& many);

/// recommendation is which backend to use for a workload, and why.
struct recommendation {
  const workload_figures* workload = nullptr;
  const cell_figures* best = nullptr;      ///< null when nothing could be measured
  std::vector<const cell_figures*> equal;  ///< cells that are no slower: no difference could be shown
  verdict why;                             ///< of the widest parallel cell that matters here
  bool disturbed = false;
  std::string use;     ///< "processes x 2", "the serial loop", "no verdict"
  std::string reason;  ///< a sentence
};

/// recommend chooses the fastest cell; where no difference can be shown, fewer workers, and processes for their
/// isolation.
recommendation recommend(const analysis& of, const workload_figures& workload);

}  // namespace yoke::bench
