#pragma once

#include <span>

namespace yoke::cli {

/// run_map is `yoke map`: reads its command line (arguments[0] is skipped), runs, and returns the exit status.
/// Throws command_error.
int run_map(std::span<char*> arguments);

}  // namespace yoke::cli
