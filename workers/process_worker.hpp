#pragma once

#include "workers/worker_plan.hpp"

#include <cstdint>

#include <sys/types.h>

namespace yoke::detail {

/// run_process_worker is the whole life of a worker process, from the fork to _exit: it never returns to its caller.
///
/// `lane` numbers the workers that live at the same time, from 0; with pinning it chooses the CPU.
[[noreturn]] void run_process_worker(const worker_plan& plan, std::uint32_t seat_index, std::uint32_t incarnation,
                                     std::uint32_t lane, pid_t supervisor) noexcept;

}  // namespace yoke::detail
