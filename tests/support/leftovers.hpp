#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>

namespace yoke_test {

/// leftovers records what a process holds outside of its own memory, to say later what a test has left behind.
class leftovers {
 public:
  /// Takes stock now.
  leftovers();

  /// since says, one line each, what is there now that was not in the first stock: processes (orphans and zombies
  /// included), threads, open descriptors, names in /dev/shm and files in $TMPDIR. Empty = nothing. It looks again
  /// until `patience` is over, as a process that was killed needs a moment to go.
  [[nodiscard]] std::string since(std::chrono::milliseconds patience) const;

  /// end_new_processes kills the processes that were not there in the first stock, so that they cannot spoil what
  /// follows.
  void end_new_processes() const;

 private:
  struct stock {
    std::set<int> processes;
    bool children = false;
    std::set<std::string> threads;
    std::map<std::string, std::string> descriptors;
    std::set<std::string> shared_memory;
    std::set<std::string> temporary_files;
  };
  static stock take();
  [[nodiscard]] std::string difference(const stock& now) const;

  stock first_;
};

}  // namespace yoke_test
