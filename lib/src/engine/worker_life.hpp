#pragma once

#include "sys/thread_usage.hpp"

#include <chrono>
#include <cstdint>

namespace yoke::detail {

/// life_id names one worker from its birth to its end: a seat and its incarnation.
struct life_id {
  std::uint32_t seat = 0;
  std::uint32_t incarnation = 0;

  friend constexpr bool operator==(const life_id&, const life_id&) = default;
};

/// worker_life is what a backend knows of one worker. Times are CLOCK_MONOTONIC, 0 where it has not come to that. What
/// the worker wrote itself, `ready`, `left`, `running_since` and `used`, need not be true.
struct worker_life {
  life_id id;
  int worker = 0;  ///< pid, or index of the thread
  std::chrono::nanoseconds born{0};
  std::chrono::nanoseconds ready{0};          ///< it first looked for work
  std::chrono::nanoseconds running_since{0};  ///< it has been inside a chunk since then
  std::chrono::nanoseconds left{0};           ///< it decided to leave
  std::chrono::nanoseconds ended{0};
  thread_usage used;
};

/// life_sink is shown workers.
class life_sink {
 public:
  virtual void on_life(const worker_life&) = 0;

 protected:
  ~life_sink() = default;
};

}  // namespace yoke::detail
