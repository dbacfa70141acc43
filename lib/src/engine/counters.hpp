#pragma once

#include <chrono>
#include <cstdint>

namespace yoke::detail {

/// engine_counters are what an engine has done since it was made.
struct engine_counters {
  std::uint64_t jobs = 0;             ///< jobs settled
  std::uint64_t chunks_sent = 0;      ///< chunks given to the backend, again or for the first time
  std::uint64_t bytes_in = 0;         ///< payload copied to where workers read it, for each sending
  std::uint64_t bytes_out = 0;        ///< results copied from where workers wrote them
  std::uint64_t items_done = 0;       ///< items delivered
  std::uint64_t items_failed = 0;     ///< items that threw, or were lost for good
  std::uint64_t workers_lost = 0;     ///< deaths in the middle of an item
  std::uint64_t items_rerun = 0;      ///< blamed items that were sent again
  std::uint64_t chunks_returned = 0;  ///< chunks sent again because their worker died before starting them
  std::uint64_t chunks_divided = 0;   ///< chunks taken apart after a crash or an exception
  std::uint64_t chunks_recalled = 0;  ///< chunks taken back after an error or a cancellation
  std::uint64_t stray_events = 0;     ///< events of chunks that were settled before: ignored
  std::uint64_t parks = 0;            ///< times a thread went to sleep
  std::chrono::nanoseconds busy{0};   ///< time workers spent inside chunks
};

}  // namespace yoke::detail
