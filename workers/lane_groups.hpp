#pragma once

#include "sys/memory_group.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace yoke::detail {

/// lane_groups are the memory groups of a team: one for each of the workers that live at the same time. What a worker's
/// tasks start counts as its own there.
///
/// A group is named after the team's guardian, which outlives supervisor and workers: so it can be told which groups
/// nobody needs any more.
class lane_groups {
 public:
  /// Makes `lanes` groups where that is possible, for workers that may have `memory` bytes of their own. What teams
  /// have left that were killed whole is removed first.
  lane_groups(pid_t guardian, std::size_t lanes, std::uint64_t memory);

  /// of is the group of a lane; null where there is none.
  [[nodiscard]] const memory_group* of(std::size_t lane) const { return lanes_[lane] ? &lanes_[lane]->group : nullptr; }

  /// used is what the processes of a lane hold of their own. What they share, results under way, is allowed beyond the
  /// limit: that is noted here.
  [[nodiscard]] std::uint64_t used(std::size_t lane);

  /// sweep kills all processes in the groups of a team and removes those, for `at_most`. The guardian may do it after a
  /// supervisor that was killed.
  static void sweep(pid_t guardian, std::chrono::nanoseconds at_most);

 private:
  struct limited {
    memory_group group;
    std::uint64_t limit;
  };

  std::uint64_t least_;  // what a group's limit is at least
  std::vector<std::optional<limited>> lanes_;
};

/// remove_stale_groups removes what is empty in `home` and named after a team that is gone.
void remove_stale_groups(const group_home& home);

}  // namespace yoke::detail
