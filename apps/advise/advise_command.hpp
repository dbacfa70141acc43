#pragma once

#include <span>

namespace yoke::cli {

/// run_advise is `yoke advise`: what a workload or a command is bound by, and what to do. Returns the exit status.
int run_advise(std::span<char*> arguments);

}  // namespace yoke::cli
