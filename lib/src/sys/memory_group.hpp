#pragma once

#include "sys/cgroup.hpp"
#include "sys/memory_pressure.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include <sys/types.h>
#include <unistd.h>

namespace yoke::detail {

/// group_home is a control group that the calling process may make memory groups in.
struct group_home {
  cgroup_place::version which;
  std::filesystem::path directory;
};

/// find_group_home returns where memory groups can be made, if anywhere; all files are looked up below `root`.
///
/// Version 1: in the process's own group, where it may write. Version 2 wants processes in leaves only, and its groups
/// belong to somebody who manages them: the group above the process's own is taken where that was delegated to `self`
/// (it is the owner, and not root; or the group is marked so by systemd), hands memory on to its children, and the own
/// group has no limit that a group beside it would be free of.
[[nodiscard]] std::optional<group_home> find_group_home(const std::filesystem::path& root = "/",
                                                        uid_t self = ::geteuid());

/// memory_group is a control group with a limit on memory. It stays until somebody removes it: whoever copies the
/// object, by fork() too, names the same group.
class memory_group {
 public:
  /// make makes a group for `bytes` of memory, swap included where that can be said; nothing where it cannot be made.
  [[nodiscard]] static std::optional<memory_group> make(const group_home& home, const std::string& name,
                                                        std::uint64_t bytes);

  /// existing is a group that somebody has made.
  memory_group(cgroup_place::version which, std::filesystem::path directory)
      : which_{which}, directory_{std::move(directory)} {}

  /// limit_to changes the limit; false when it cannot be.
  bool limit_to(std::uint64_t bytes) const;

  /// join moves the calling process, which has one thread, into the group; false when it cannot be. Under version 2 the
  /// kernel takes up to some tens of milliseconds.
  [[nodiscard]] bool join() const;

  /// kill ends all processes in the group: at once where the kernel can do that (cgroup.kill), else one by one.
  void kill() const;

  /// remove makes the group disappear; false while there are processes in it.
  bool remove() const;  // NOLINT(modernize-use-nodiscard)

  [[nodiscard]] group_usage used() const { return usage_in(directory_ / "memory.stat"); }

  /// oom_kills is how many of its processes the kernel has killed for want of memory.
  [[nodiscard]] std::uint64_t oom_kills() const;

  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }

 private:
  cgroup_place::version which_;
  std::filesystem::path directory_;
};

}  // namespace yoke::detail
