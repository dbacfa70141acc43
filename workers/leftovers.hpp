#pragma once

#include <chrono>
#include <cstdint>

namespace yoke::detail {

/// leftovers tells when tasks have left so much behind in their worker that a fresh one should take its place.
class leftovers {
 public:
  /// too_much looks between two claims, chunks having been `run` since the last or not: at once when the worker has its
  /// first thread or has run its first chunk (where the program has had threads before the fork, nothing tells of the
  /// first one), otherwise every 200 us, as a look costs more than a small chunk. A thread that still runs is too much:
  /// it may write to anything, at any time. Ended children that nobody waits for become too much after a while: they
  /// use up process numbers.
  bool too_much(bool run);

 private:
  static constexpr std::uint32_t most_looks_with_zombies = 256;

  bool was_single_ = true;
  bool has_run_ = false;
  std::chrono::nanoseconds next_look_{0};
  std::uint32_t looks_with_zombies_ = 0;
};

}  // namespace yoke::detail
