#pragma once

#include <cstdint>

namespace yoke::detail {

/// crash_point names the places between two steps of the queue's protocol where a worker may be killed. Each is a place
/// where tests kill it.
enum class crash_point : std::uint8_t {
  born,            ///< forked, nothing done yet
  asleep,          ///< announced its sleep, not yet on the bell
  woken,           ///< off the bell, before it looks for work
  lock_wanted,     ///< somebody else holds the lock
  lock_recovered,  ///< got the lock of a dead holder, before declaring it consistent
  locked,          ///< holds the lock, before the intent
  intent_written,  ///< before the claim
  claimed,         ///< before the ring's head moves on
  head_moved,      ///< still holds the lock
  unlocked,        ///< holds chunks, before the first is run
  room_wanted,     ///< waits for room for its results
  result_growing,  ///< in the middle of writing a result
  chunk_run,       ///< all results written, before the record
  record_written,  ///< before the commit
  committed,       ///< before the record is published
  published,       ///< before the intent is cleared
  intent_cleared,  ///< before the coordinator's bell
  bell_disarmed,   ///< before the sleeping coordinator is woken
  delivering,      ///< in the coordinator, holding the engine's mutex
  worker_forked,   ///< in the supervisor, before it notes the worker's pid
  death_seen,      ///< in the supervisor, before it marks the seat dead
  count,
};

#ifdef YOKE_CRASH_POINTS
/// reached may kill the calling process: the test that links this code decides.
void reached(crash_point where);
#else
constexpr void reached(crash_point /*where*/) {}
#endif

}  // namespace yoke::detail
