#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace yoke::detail {

/// cgroup_place is where a control group of the calling process is found in the file system.
struct cgroup_place {
  enum class version : std::uint8_t { one, two };
  version which;
  std::filesystem::path mount;  ///< the mount point: a group above, or the process's own
  std::filesystem::path below;  ///< from there to the process's own group; empty where that is not known

  [[nodiscard]] std::filesystem::path own() const { return below.empty() ? mount : mount / below; }
};

/// cgroups_with lists the groups of the calling process in hierarchies that may have `controller`. From inside a
/// namespace a group may seem to lie outside of what is mounted: then what is seen there is its own. All files are
/// looked up below `root`, so that tests can show it other systems.
[[nodiscard]] std::vector<cgroup_place> cgroups_with(std::string_view controller,
                                                     const std::filesystem::path& root = "/");

/// read_text_file returns what is in a file, and nothing for one that cannot be read.
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path);

/// split_text cuts a text at each `separator`.
[[nodiscard]] std::vector<std::string> split_text(const std::string& text, char separator);

}  // namespace yoke::detail
