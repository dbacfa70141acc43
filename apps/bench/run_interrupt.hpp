#pragma once

#include <atomic>

#include <signal.h>

namespace yoke::cli {

/// run_interrupt makes the first Ctrl-C, or SIGTERM, end a run of measurements with what there is, and the second one
/// end the program at once. One at a time.
class run_interrupt {
 public:
  run_interrupt();
  ~run_interrupt();
  run_interrupt(const run_interrupt&) = delete;
  run_interrupt& operator=(const run_interrupt&) = delete;

  /// flag becomes true with the first signal.
  [[nodiscard]] static const std::atomic<bool>& flag();

 private:
  struct sigaction interrupt_before_ {};
  struct sigaction terminate_before_ {};
};

}  // namespace yoke::cli
