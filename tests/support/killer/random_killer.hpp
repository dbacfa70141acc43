#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include <sys/types.h>

namespace yoke_test {

/// random_killer sends SIGKILL to workers of the process pools that one program runs, found through /proc.
///
/// It touches nobody else: a victim is a process called yoke-worker whose parent is a yoke-supervisor that holds a
/// pidfd of the program.
class random_killer {
 public:
  /// Looks for the pools of the process `coordinator` as they are now.
  random_killer(pid_t coordinator, std::uint64_t seed);

  /// kill_one kills a worker chosen at random, of any of the pools; false where none was found.
  bool kill_one();

  /// pools is how many supervisors were found.
  [[nodiscard]] std::size_t pools() const { return supervisors_.size(); }

 private:
  std::vector<pid_t> supervisors_;
  std::mt19937_64 random_;
};

}  // namespace yoke_test
