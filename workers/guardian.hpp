#pragma once

#include "workers/worker_plan.hpp"

namespace yoke::detail {

/// run_team is a team's outermost process, from the fork to _exit: it forks the supervisor and waits for its end.
///
/// It is there for one case only: a supervisor that is killed. Workers die with it, but what their tasks have started
/// would not. As the next subreaper above, the guardian adopts all of that, and ends it.
[[noreturn]] void run_team(const worker_plan& plan) noexcept;

}  // namespace yoke::detail
