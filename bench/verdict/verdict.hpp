#pragma once

#include "bench/verdict/rules.hpp"

#include <cstddef>
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

/// Fewer repetitions of any cell give no verdict: there is an interval, but nothing to be learnt from it.
inline constexpr std::size_t fewest_repetitions = 6;

/// how_to_finish is what to do where cells were not measured, or not often enough.
std::string how_to_finish(const plan& run);

/// judge classifies a cell of a workload with more than one worker, by its typical repetition or, where less than half
/// agree with that one and more than half with each other, by the most typical of those. Else it is unclear.
verdict judge(const analysis& of, const workload_figures& workload, const cell_figures& many);

/// recommendation is which backend to use for a workload, and why.
struct recommendation {
  const workload_figures* workload = nullptr;
  const cell_figures* best = nullptr;      ///< null when nothing was measured, or too little
  std::vector<const cell_figures*> equal;  ///< cells that are no slower: no difference to the best was shown
  verdict why;                             ///< of the widest parallel cell that matters here
  bool disturbed = false;
  std::string use;     ///< "processes x 2", "the serial loop", "no verdict", "failed", "not measured"
  std::string reason;  ///< a sentence
};

/// recommend chooses the fastest cell; where no difference can be shown, fewer workers, and processes for their
/// isolation. A cell of which no difference to the serial loop can be shown is chosen only where that is so of the
/// fastest, too: then the serial loop is.
recommendation recommend(const analysis& of, const workload_figures& workload);

}  // namespace yoke::bench
