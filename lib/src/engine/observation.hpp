#pragma once

#include <yoke/insights.hpp>

#include "engine/backend.hpp"
#include "engine/counters.hpp"
#include "engine/worker_book.hpp"
#include "sys/clock.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

namespace yoke::detail {

/// observation_plan says how closely the engines of one pool look at what they do.
struct observation_plan {
  insights_level level = insights_level::off;
  std::atomic<std::uint64_t> calls{0};  ///< calls begun, in all engines: each has a number of its own
};

/// observation is what one engine notes down for insights. All calls are made under the engine's lock; where the level
/// is off, none but tell() and reset() are.
class observation {
 public:
  explicit observation(insights_level level);

  [[nodiscard]] insights_level level() const { return level_; }
  [[nodiscard]] bool on() const { return level_ != insights_level::off; }

  void job_began() { book_.job_began(monotonic_now()); }
  /// job_ended says that the engine has nothing to do any more.
  void job_ended(backend& workers);

  /// settled notes what became of a chunk of call number `call`; `delivered` of its items were delivered.
  void settled(std::uint64_t call, const chunk_message& chunk, const chunk_event& event, std::uint64_t delivered);

  void worker_ended(const worker_life& life) { book_.end(life); }

  /// tell returns all that was noted, and what `counters` add to it.
  [[nodiscard]] yoke::insights tell(backend& workers, const engine_counters& counters) const;
  /// reset begins anew; `counters` are where counting begins.
  void reset(backend& workers, const engine_counters& counters);

 private:
  const insights_level level_;
  std::chrono::nanoseconds since_;
  engine_counters counted_before_;
  worker_book book_;
  std::vector<item_insight> slowest_;  // the slowest first
  std::vector<chunk_span> timeline_;
  std::uint64_t left_out_ = 0;
};

/// add_insights adds what another engine of the same pool has noted, all of whose workers have ended.
void add_insights(yoke::insights& to, const yoke::insights& other);

}  // namespace yoke::detail
