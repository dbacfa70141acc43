#pragma once

#include <yoke/pool.hpp>

#include "bench/results/unknown.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace yoke::bench {

/// problem_size scales a workload: small for tests (milliseconds), medium for a report (some 100 ms serially), large
/// for a quiet evening (seconds).
enum class problem_size : std::uint8_t { small, medium, large };

/// to_string returns "small", "medium" or "large".
constexpr std::string_view to_string(problem_size size) {
  return size == problem_size::small ? "small" : size == problem_size::medium ? "medium" : "large";
}

/// by_size returns the value for a size.
template <class T>
constexpr T by_size(problem_size size, T small, T medium, T large) {
  return size == problem_size::small ? small : size == problem_size::medium ? medium : large;
}

/// amount is how much of a workload is run: so many items of a size. Items beyond the usual number are the usual ones
/// once more. Workloads that always run whole are content with the size.
struct amount {
  problem_size size = problem_size::medium;
  std::uint64_t items = 0;

  constexpr operator problem_size() const { return size; }  // NOLINT(google-explicit-constructor)
};

/// timed is one run of a workload: from the first chunk sent to the last result in its place, and a hash of the
/// results.
struct timed {
  std::chrono::steady_clock::time_point begun = {};
  std::chrono::nanoseconds took{0};
  std::chrono::nanoseconds user{0};    ///< CPU time of the calling thread meanwhile
  std::chrono::nanoseconds system{0};  ///< the same in the kernel
  std::chrono::nanoseconds own{0};     ///< of both, what the workload itself needed: neither dispatch nor collection
  std::uint64_t hash = 0;
  std::string note = {};  ///< what else was seen, one line; empty for most
};

/// workload is one load that can be run serially and on any pool, with the same hash.
///
/// prepare() makes the input before any worker exists, so that forked workers have it; it is called once in a process,
/// with the size of all runs to come. All state lives as long as the process: a cell has a process of its own.
struct workload {
  std::string name;
  std::string summary;   ///< one line for lists
  std::string family;    ///< "cpu", "memory", "overhead", "processes win", "processes lose", "io", "hazard" or "user"
  std::string bound_by;  ///< the class that a classifier has to find, or empty: more than one may be right
  std::function<std::uint64_t(problem_size)> items = {};
  std::function<timed(amount)> serial = {};
  std::function<timed(amount, yoke::pool&)> pooled = {};
  std::function<void(problem_size)> prepare = {};
  bool scales = false;            ///< any number of items may be run
  bool needs_isolation = false;   ///< runs only where a crashing task fails alone (capabilities::isolates_crashes)
  std::uint64_t chunk = 0;        ///< items that travel together; 0 where the pool decides
  double item_seconds = unknown;  ///< how long an item is meant to take, where that is known
  /// obstacle says why it cannot run here, or returns nothing.
  std::function<std::string()> obstacle = {};
};

/// stopwatch measures the calling thread: wall and CPU time from its construction on.
class stopwatch {
 public:
  stopwatch();
  /// stop returns the times, without a hash.
  [[nodiscard]] timed stop() const;
  /// cpu is the CPU time since.
  [[nodiscard]] std::chrono::nanoseconds cpu() const {
    const timed so_far = stop();
    return so_far.user + so_far.system;
  }

 private:
  std::chrono::nanoseconds user_{0};
  std::chrono::nanoseconds system_{0};
  std::chrono::steady_clock::time_point begun_;
};

/// result_of runs `work`, which returns the answer, and hashes that with `hash` when the clock has stopped.
template <class Work, class Hash>
timed result_of(const Work& work, const Hash& hash) {
  const stopwatch watch;
  const auto answer = work();
  timed result = watch.stop();
  result.hash = hash(answer);
  return result;
}

}  // namespace yoke::bench
