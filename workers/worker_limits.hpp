#pragma once

#include <cstdint>

#include <sys/types.h>

namespace yoke::detail {

/// worker_limits bound what one worker process may use, and how. 0 = no limit.
struct worker_limits {
  std::uint64_t memory = 0;    ///< bytes of its own: allocation fails far beyond, and a worker found above is replaced
  std::uint64_t items = 0;     ///< items run, then it is replaced
  bool pin = false;            ///< one CPU each
  int nice = 0;                ///< added to the niceness of the program
  bool direct_stderr = false;  ///< standard error is the program's own, not a pipe to the supervisor
  bool traces = false;         ///< what ends a worker makes it write where it was
};

/// apply_limits puts the limits that the kernel keeps on the calling process, the worker in `lane` of its team. On
/// memory it is one of addresses, and none where a control group has it (`grouped`).
void apply_limits(const worker_limits& limits, std::uint32_t lane, bool grouped);

/// own_memory is how many bytes of private memory the calling process has touched: what `memory` is compared with.
std::uint64_t own_memory();

/// private_memory_of is the same for another process; 0 where there is none.
std::uint64_t private_memory_of(pid_t process);

}  // namespace yoke::detail
