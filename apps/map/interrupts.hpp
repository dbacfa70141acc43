#pragma once

#include "engine/job.hpp"

#include <csignal>

namespace yoke::cli {

/// interrupts makes Ctrl-C end a job decently: the first lets the blocks under way finish and stops, the second ends
/// the process at once; its workers follow.
class interrupts {
 public:
  /// Watches SIGINT for the lifetime of the object; one at a time. The first says what it does, on a line of its own
  /// where progress is shown on this one.
  interrupts(detail::job& work, bool shows_progress);
  ~interrupts();
  interrupts(const interrupts&) = delete;
  interrupts& operator=(const interrupts&) = delete;

 private:
  struct sigaction before_ {};
};

}  // namespace yoke::cli
