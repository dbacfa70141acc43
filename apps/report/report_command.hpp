#pragma once

#include <span>

namespace yoke::cli {

/// run_report is `yoke report`: from results of `yoke bench` to a table on the terminal, and to files. Returns the exit
/// status; 1 when something became slower than in the baseline, or nothing could
/// be compared with it.
int run_report(std::span<char*> arguments);

}  // namespace yoke::cli
