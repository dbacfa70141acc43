#pragma once

#include <yoke/options.hpp>

#include "engine/worker_life.hpp"
#include "sys/thread_usage.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace yoke::detail {

/// worker_account is what a worker says of itself, in its seat. Times in ns, CLOCK_MONOTONIC; all stores are relaxed,
/// as each word is of use alone and none is believed further than it is plausible.
struct alignas(64) worker_account {
  using word = std::atomic<std::uint64_t>;

  word ready;          ///< when it first looked for work, or 0
  word running_since;  ///< when the chunk it is in began, or 0
  word left;           ///< when it decided to leave, or 0
  word user;           ///< the rest is a thread_usage
  word system;
  word run_queue_wait;
  word voluntary_switches;
  word involuntary_switches;
  word minor_faults;
  word major_faults;
  word peak_memory;

  /// read fills in what the worker says, no number so large that sums of them overflow.
  void read(worker_life& life) const;
};

/// account_keeper keeps the account of the thread it is used in.
class account_keeper {
 public:
  /// `level` is the coordinator's word; nothing is measured while it is off.
  account_keeper(worker_account& account, const std::atomic<insights_level>& level)
      : account_{account}, level_{level} {}

  [[nodiscard]] insights_level level() const { return level_.load(std::memory_order_relaxed); }

  void looks_for_work();
  void chunk_begins(std::chrono::nanoseconds now) {
    if (level() != insights_level::off) begin(now);
  }
  /// chunk_ends reports, unless the last report is very young.
  void chunk_ends(std::chrono::nanoseconds now) {
    if (level() != insights_level::off) end(now);
  }
  void is_free() {
    if (level() != insights_level::off) account_.running_since.store(0, std::memory_order_relaxed);
  }
  /// rests reports what has not been reported: it is about to sleep.
  void rests();
  void leaves();

 private:
  void begin(std::chrono::nanoseconds now);
  void end(std::chrono::nanoseconds now);
  void report(std::chrono::nanoseconds now);

  worker_account& account_;
  const std::atomic<insights_level>& level_;
  usage_meter meter_;
  std::chrono::nanoseconds reported_{0};
  bool unreported_ = false;
  bool looked_ = false;
};

}  // namespace yoke::detail
