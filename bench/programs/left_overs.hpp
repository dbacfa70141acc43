#pragma once

#include <cstddef>
#include <set>

#include <sys/types.h>

namespace yoke::bench {

/// left_overs sees to what programs started from now on leave running: while it lives, that becomes a child of this
/// process, in whatever session it is. Children that were there before are spared.
class left_overs {
 public:
  left_overs();
  left_overs(const left_overs&) = delete;
  left_overs& operator=(const left_overs&) = delete;
  ~left_overs();

  /// end kills and reaps them, and what they leave in their turn; returns how many still ran. Call it when what was
  /// started has ended.
  [[nodiscard]] std::size_t end();

 private:
  int adopted_before_ = 0;
  std::set<pid_t> spared_;
};

}  // namespace yoke::bench
