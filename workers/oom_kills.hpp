#pragma once

#include <cstdint>
#include <string>

namespace yoke::detail {

/// oom_kills tells whether the kernel has killed a process for want of memory lately, by the count that it keeps.
class oom_kills {
 public:
  /// Reads the first count. `vmstat` is the file; another one is for tests.
  explicit oom_kills(std::string vmstat = "/proc/vmstat");

  /// rose is true when the count is higher than at the last call. A file that cannot be read never rises.
  bool rose();

 private:
  [[nodiscard]] std::uint64_t count() const;

  std::string vmstat_;
  std::uint64_t seen_;
};

}  // namespace yoke::detail
