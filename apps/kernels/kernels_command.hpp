#pragma once

#include <span>

namespace yoke::cli {

/// run_kernels is `yoke kernels`: lists the kernels, one line each. Throws command_error.
int run_kernels(std::span<char*> arguments);

}  // namespace yoke::cli
