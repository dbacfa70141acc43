#pragma once

#include <string>
#include <vector>

namespace yoke::detail {

/// control_variable names the environment variable that tells a program it was started by a pool: its value is the
/// number of the control socket.
inline constexpr const char* control_variable = "YOKE_CONTROL_SOCKET";

/// entry_line is what main has to begin with, as error messages quote it.
inline constexpr const char* entry_line = "int main(int argc, char** argv) { yoke::worker_entry(argc, argv);";

/// require_no_unused_entry throws start_error in a program that a pool has started and that has not called
/// worker_entry: with pools of its own it would start itself for ever.
void require_no_unused_entry();

/// require_entry throws start_error in a program that has not called worker_entry.
void require_entry();

/// first_environment returns the environment at the call of worker_entry, or, without one, what the program was
/// started with. The environment of now cannot be read while other threads may change it.
[[nodiscard]] std::vector<std::string> first_environment();

}  // namespace yoke::detail
