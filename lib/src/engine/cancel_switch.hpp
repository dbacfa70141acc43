#pragma once

#include <atomic>
#include <cstdint>

namespace yoke::detail {

/// cancel_switch asks the jobs of any number of engines to end. It is turned from any thread or signal handler, and
/// read by engines at every pump: all accesses are seq_cst, so that a sleeper that misses it is still rung awake.
struct cancel_switch {
  std::atomic<std::uint32_t> asked{0};   ///< rises with every cancellation: whoever began before it is to end
  std::atomic<bool> interrupted{false};  ///< while it is set, so is whoever begins
};

static_assert(std::atomic<std::uint32_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

/// never_cancelled is the switch of engines whose jobs are only cancelled one by one.
inline const cancel_switch never_cancelled;

}  // namespace yoke::detail
