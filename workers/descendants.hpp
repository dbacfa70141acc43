#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>

#include <sys/types.h>

namespace yoke::detail {

/// kill_strays ends the children of the calling process that are none of `workers`.
///
/// A worker adopts the orphans among its descendants, and the supervisor those of a worker that is dead: so whatever
/// else is the supervisor's child was started by a task whose worker is gone. Each death brings its children up.
void kill_strays(const std::unordered_map<pid_t, std::uint32_t>& workers);

/// end_descendants kills and reaps all children of the calling process and what they leave, for `at_most`.
void end_descendants(std::chrono::nanoseconds at_most);

}  // namespace yoke::detail
