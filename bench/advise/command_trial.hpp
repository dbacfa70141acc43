#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace yoke::bench {

/// command_use is what one run of a command used, or several at once on average. Times are in seconds.
struct command_use {
  double wall = 0;
  double user = 0;
  double system = 0;
  double voluntary_switches = 0;
  double involuntary_switches = 0;
  double major_faults = 0;
  double blocks = 0;  ///< read from or written to devices, of 512 bytes
  double read = 0;    ///< bytes asked for; NaN where the system does not tell
  double written = 0;
  double memory = 0;  ///< largest resident set, bytes
};

/// command_trial is a command run alone, and so many times at once.
struct command_trial {
  std::vector<std::string> command;
  int copies = 1;
  int rounds = 0;          ///< how often both were done
  command_use alone;       ///< the median run
  command_use together;    ///< one of the copies; wall is until the last has ended
  double foreign = 0;      ///< share of the CPUs that others used meanwhile; NaN where the system does not tell
  int failed_status = 0;   ///< exit status of a run that failed, after which nothing more was run; 0 when none did
  int failed_signal = 0;   ///< the signal that ended that run; 0 when none did
  std::string last_words;  ///< the end of what that run wrote to stderr
  std::size_t left_running = 0;  ///< processes that a run left behind, and that were ended after it
  int stopped_by = 0;            ///< the signal that ended the trial, after which nothing is judged; 0 when none did
};

/// try_command runs a command, without input and with its output dropped, alone and `copies` times at once, three times
/// each where it takes less than five seconds, once or twice where it takes longer. Throws std::system_error where it
/// cannot be started.
///
/// Each copy has a session of its own, and what it leaves running is ended before the next round. A signal that asks
/// this program to end is passed on to the copies, which are killed where that does not end them soon.
command_trial try_command(const std::vector<std::string>& command, int copies);

}  // namespace yoke::bench
