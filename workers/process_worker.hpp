#pragma once

#include "sys/memory_group.hpp"
#include "workers/worker_plan.hpp"

#include <cstdint>

#include <sys/types.h>

namespace yoke::detail {

/// worker_post is which of a team's workers a process is.
struct worker_post {
  std::uint32_t seat;
  std::uint32_t incarnation;
  std::uint32_t lane;  ///< among the workers that live at the same time, from 0; with pinning it chooses the CPU
  pid_t supervisor;
  int words;                            ///< what becomes its standard error, or -1: the program's own
  const memory_group* group = nullptr;  ///< that limits its memory, or null
};

/// run_process_worker is the whole life of a worker process, from the fork to _exit: it never returns to its caller.
[[noreturn]] void run_process_worker(const worker_plan& plan, const worker_post& post) noexcept;

}  // namespace yoke::detail
