#pragma once

#include "bench/advise/command_trial.hpp"
#include "bench/verdict/rules.hpp"

#include <string>

namespace yoke::bench {

/// command_advice is what a trial of a command says.
struct command_advice {
  bound is = bound::unclear;
  std::string evidence;
  std::string confidence;  ///< "high", "medium" or "low", and why; empty where there is no advice
  std::string advice;      ///< what to do: a sentence or two
  double speedup = 0;      ///< how much more gets done with the copies at once than one after the other
  bool judged = true;      ///< false where nothing can be said: it failed, was too short, or disturbed
};

/// advise_command applies the rules that a command's outside shows: failed, too short, disturbed, latency,
/// oversubscribed, lock, kernel, contention, CPU. `cpus` is how many can run at once.
command_advice advise_command(const command_trial& of, double cpus);

/// command_text is the trial and the advice for a terminal of 80 columns.
std::string command_text(const command_trial& of, const command_advice& with);

}  // namespace yoke::bench
