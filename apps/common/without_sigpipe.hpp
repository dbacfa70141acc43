#pragma once

#include <csignal>

namespace yoke::cli {

/// without_sigpipe has this thread's writes to a pipe that nobody reads fail, instead of ending the program. All of it
/// is async-signal-safe.
class without_sigpipe {
 public:
  without_sigpipe();
  ~without_sigpipe();
  without_sigpipe(const without_sigpipe&) = delete;
  without_sigpipe& operator=(const without_sigpipe&) = delete;

 private:
  sigset_t blocked_{};
  sigset_t before_{};
};

}  // namespace yoke::cli
