#pragma once

#include "bench/results/environment.hpp"
#include "bench/results/repetition.hpp"

#include <chrono>
#include <filesystem>
#include <vector>

namespace yoke::bench {

/// allowed_cpus lists the CPUs of the calling thread's affinity mask. Throws std::system_error where that is unknown.
std::vector<int> allowed_cpus();

/// machine_watch sees what the allowed CPUs do beside our own work, from its construction on.
///
/// Everything is looked up below `root`, so that tests can show it another system. Without /proc/stat nothing is known.
/// The kernel counts in hundredths of a second: over less than some seconds in all, shares are rough.
class machine_watch {
 public:
  explicit machine_watch(const std::vector<int>& cpus, std::filesystem::path root = "/");

  /// so_far returns what others have done since, as shares of the time of the allowed CPUs: all the time they were busy
  /// less the CPU time of this process and of the children it has waited for. As the former is counted in whole ticks,
  /// `foreign` may come out below 0; cut off there, the mean of many would be too high.
  [[nodiscard]] disturbance so_far() const;

 private:
  struct reading {
    std::chrono::steady_clock::time_point when;
    double busy = 0;   ///< seconds, of all allowed CPUs
    double steal = 0;  ///< seconds
    double own = 0;    ///< seconds of CPU time
    bool known = false;
  };
  [[nodiscard]] reading read() const;

  std::vector<int> cpus_;
  std::filesystem::path root_;
  reading begun_;
};

/// state_of_machine says how busy the machine is while we sleep for `time`. Nothing of ours may be running.
machine_state state_of_machine(const std::vector<int>& cpus, std::chrono::milliseconds time,
                               const std::filesystem::path& root = "/");

}  // namespace yoke::bench
