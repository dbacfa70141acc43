#pragma once

#include "engine/worker_hooks.hpp"
#include "memory/array_memory.hpp"
#include "memory/segment.hpp"
#include "queue/queue_layout.hpp"
#include "workers/worker_limits.hpp"

namespace yoke::detail {

class code_map;
struct worker_environment;

/// worker_plan is what the processes of a team inherit from the coordinator. Descriptors are borrowed.
struct worker_plan {
  const queue_layout* layout = nullptr;
  segment* home = nullptr;
  int news = -1;         ///< eventfd of a polling coordinator
  int orders = -1;       ///< the supervisor's end of the control socket
  int coordinator = -1;  ///< pidfd of the coordinator
  worker_limits limits;
  worker_hooks hooks;
  const worker_environment* environment = nullptr;  ///< to be applied; null: it has been
  array_memory* lent = nullptr;                     ///< of the pool that a call-time team works for: writable here, too
  const code_map* code = nullptr;  ///< where the coordinator's code is here; null: at the same addresses
};

}  // namespace yoke::detail
