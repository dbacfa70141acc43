#pragma once

#include <span>

namespace yoke::cli {

/// run_doctor is `yoke doctor`: says what the machine allows and whether workers start; 0, or 5 when they do not.
/// Throws command_error.
int run_doctor(std::span<char*> arguments);

}  // namespace yoke::cli
