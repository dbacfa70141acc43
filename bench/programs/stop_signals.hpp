#pragma once

#include "sys/file_descriptor.hpp"

#include <csignal>
#include <optional>

namespace yoke::bench {

/// stop_signal is one that asks this program to end.
struct stop_signal {
  int number = 0;
  bool of_terminal = false;  ///< Ctrl-C or a hang-up: all programs in the foreground have it, not only this one
};

/// stop_signals holds back SIGINT, SIGTERM and SIGHUP while it lives, so that this program can first end what it has
/// started. One that was ignored before stays so: it is meant for somebody else. One that nobody takes ends the program
/// when the object goes.
class stop_signals {
 public:
  stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;
  ~stop_signals();

  /// watch can be read while there is one to take.
  [[nodiscard]] const detail::file_descriptor& watch() const { return watch_; }

  /// take returns the next one, or nothing.
  std::optional<stop_signal> take();

 private:
  sigset_t before_{};
  detail::file_descriptor watch_;
};

}  // namespace yoke::bench
