#pragma once

#include <chrono>

namespace yoke_test {

/// watchdog ends the test program when a test takes too long: it names the test, shows where it stands, kills every
/// process the test started and aborts. It is an alarm(2), not a thread: a process pool needs a single-threaded host.
///
/// Each test has one of 60 s already. A test that needs longer holds its own; sanitizer builds get four times as much.
class watchdog {
 public:
  explicit watchdog(std::chrono::seconds limit = std::chrono::seconds(60));
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

 private:
  unsigned outer_;
};

}  // namespace yoke_test
