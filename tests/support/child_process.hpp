#pragma once

#include "sys/error.hpp"

#include <csignal>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

namespace yoke_test {

/// child_process runs a function in a fork; what it returns is the child's exit status.
class child_process {
 public:
  template <class Body>
  explicit child_process(Body body) : pid_(yoke::detail::check(::fork(), "fork of a test's child")) {
    if (pid_ != 0) return;
    try {
      ::_exit(body());
    } catch (...) {
      ::_exit(99);
    }
  }
  child_process(child_process&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}
  child_process& operator=(child_process&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
  }
  ~child_process() {
    if (pid_ != 0) static_cast<void>(kill());
  }

  [[nodiscard]] pid_t pid() const { return pid_; }

  /// wait returns the exit status, or minus the number of the signal that ended the child.
  int wait() {
    int status = 0;
    const pid_t child = std::exchange(pid_, 0);
    yoke::detail::check(yoke::detail::retry_on_interrupt([&] { return ::waitpid(child, &status, 0); }), "waitpid");
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }

  /// kill ends the child and waits for its end.
  int kill() {
    ::kill(pid_, SIGKILL);
    return wait();
  }

 private:
  pid_t pid_;
};

}  // namespace yoke_test
