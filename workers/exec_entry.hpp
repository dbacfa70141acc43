#pragma once

namespace yoke::detail {

/// run_exec_entry is the whole life of a program that a pool has started, on `socket`: it takes over what forked
/// workers would inherit, forks the team and ends, so that nothing of it is a child of the pool's program.
[[noreturn]] void run_exec_entry(int socket) noexcept;

}  // namespace yoke::detail
