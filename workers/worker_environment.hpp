#pragma once

#include <map>
#include <string>
#include <vector>

namespace yoke::detail {

/// worker_environment is how the environment of workers differs from that of the program.
struct worker_environment {
  std::map<std::string, std::string> variables;  ///< have these values
  /// Parallel libraries inside a task may use so many threads, unless a variable of theirs is set; 0: as many as they
  /// like. With one thread per CPU in every worker there would be far more threads than CPUs.
  int threads = 1;

  /// apply_to changes a list of entries NAME=VALUE.
  void apply_to(std::vector<std::string>& entries) const;

  /// apply changes the environment of the calling process, which has one thread, and tells an OpenMP that is loaded
  /// already: it has read its variable long ago.
  void apply() const;
};

}  // namespace yoke::detail
