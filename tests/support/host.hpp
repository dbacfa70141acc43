#pragma once

#include <yoke/yoke.hpp>

#include "support/process_marker.hpp"

#include <chrono>
#include <cstddef>
#include <numeric>
#include <thread>
#include <vector>

namespace yoke_test {

/// What tests of hosts and their pools have in common.

inline std::vector<int> numbers(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

inline int square(int n) { return n * n; }

inline bool works(yoke::pool& pool) { return pool.map(numbers(100), square).back() == 99 * 99; }

/// within waits for a condition; false when `patience` was over first.
template <class Condition>
bool within(std::chrono::milliseconds patience, Condition condition) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

/// branded_processes counts all that this test run has started and that has not ended, but this process.
inline std::size_t branded_processes() {
  process_list found;
  find_branded(found);
  return found.size;
}

}  // namespace yoke_test
