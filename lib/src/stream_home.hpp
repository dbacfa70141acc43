#pragma once

#include "engine/backend.hpp"
#include "engine/cancel_switch.hpp"
#include "engine/engine.hpp"
#include "engine/open_streams.hpp"

#include <memory>

namespace yoke::detail {

/// stream_home is what a stream uses of its pool, and the team that was forked for it, if one was.
struct stream_home {
  std::shared_ptr<open_streams> streams;
  const cancel_switch* cancels = nullptr;
  backend* workers = nullptr;
  engine* jobs = nullptr;
  std::unique_ptr<backend> team = nullptr;
  std::unique_ptr<engine> team_jobs = nullptr;
};

}  // namespace yoke::detail
