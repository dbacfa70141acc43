#pragma once

#include <cstddef>

#include <sys/types.h>

namespace yoke_test {

/// brand_this_process gives the process an environment entry that no other test run has, by executing itself once more.
///
/// Everything it forks or executes from then on carries the entry in /proc/PID/environ, however often it forks,
/// whatever session it moves to and whoever adopts it: that is how a test finds what it left behind. Returns when
/// branded.
void brand_this_process(char** argv);

/// first_process returns the process that branded itself first, from which this one descends.
[[nodiscard]] pid_t first_process();

/// process_list is a fixed array, so that a signal handler can fill one.
struct process_list {
  static constexpr std::size_t capacity = 1024;
  pid_t pids[capacity];
  std::size_t size = 0;

  [[nodiscard]] bool contains(pid_t pid) const {
    for (std::size_t i = 0; i < size; ++i) {
      if (pids[i] == pid) return true;
    }
    return false;
  }
};

/// find_branded lists the other live processes with this process's brand. Safe in a signal handler.
void find_branded(process_list& found);

}  // namespace yoke_test
