#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace yoke::detail {

/// memory_allowed is how many bytes of memory the calling process may use at most: the machine's, or the tightest limit
/// of its control groups. All files are looked up below `root`. Max() where nothing can be read.
[[nodiscard]] std::uint64_t memory_allowed(const std::filesystem::path& root = "/");

/// memory_available is how many bytes could be taken now without anybody being killed for them: what the machine can
/// free, and what is left below the limits of the calling process's control groups. Max() where nothing can be read.
[[nodiscard]] std::uint64_t memory_available(const std::filesystem::path& root = "/");

/// oom_kills tells whether the kernel has killed a process for want of memory a moment ago, by the counts that it keeps
/// for the control groups of the calling process, versions 1 and 2; where there are none, for the machine.
///
/// The counts say how often, never when. So they are looked at again and again: rose() compares with what was seen at
/// least a moment earlier, and at most two where look() is called as often as it asks.
class oom_kills {
 public:
  static constexpr std::chrono::nanoseconds moment = std::chrono::seconds{1};

  /// Finds the files below `root` and reads the first counts, at `now`.
  explicit oom_kills(std::chrono::nanoseconds now, const std::filesystem::path& root = "/");

  /// look reads the counts, where the last ones are a moment old.
  void look(std::chrono::nanoseconds now);

  /// next_look is when to call look() again.
  [[nodiscard]] std::chrono::nanoseconds next_look() const { return last_look_ + moment; }

  /// rose is true when a count is higher than at the look before the last one. A file that cannot be read never rises.
  [[nodiscard]] bool rose() const;

 private:
  struct counter {
    std::string path;
    std::uint64_t before = 0;  // seen at the look before the last one
    std::uint64_t last = 0;    // seen at the last look
  };

  std::vector<counter> counters_;
  std::chrono::nanoseconds last_look_;
};

/// oom_kills_in is the count of one group's file: memory.oom_control or memory.events. 0 where it cannot be read.
[[nodiscard]] std::uint64_t oom_kills_in(const std::filesystem::path& file);

/// group_usage is what the processes of a control group hold, in bytes: memory of their own, and shared memory that
/// they touched first.
struct group_usage {
  std::uint64_t own = 0;
  std::uint64_t shared = 0;
};

/// usage_in reads a group's memory.stat. Zeros where it cannot be read.
[[nodiscard]] group_usage usage_in(const std::filesystem::path& file);

}  // namespace yoke::detail
