#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace yoke::detail {

/// memory_allowed is how many bytes of memory the calling process may use at most: the machine's, or the tightest limit
/// of its control groups. All files are looked up below `root`. Max() where nothing can be read.
[[nodiscard]] std::uint64_t memory_allowed(const std::filesystem::path& root = "/");

/// oom_kills tells whether the kernel has killed a process for want of memory lately, by the counts that it keeps: for
/// the machine, and for the control groups of the calling process, versions 1 and 2.
class oom_kills {
 public:
  /// Finds the files below `root` and reads the first counts.
  explicit oom_kills(const std::filesystem::path& root = "/");

  /// rose is true when a count is higher than at the last call. A file that cannot be read never rises.
  bool rose();

 private:
  struct counter {
    std::string path;
    std::uint64_t seen = 0;
  };
  static bool rose(counter& one);

  std::vector<counter> counters_;
};

}  // namespace yoke::detail
