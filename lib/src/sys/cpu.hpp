#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

namespace yoke::detail {

/// cpus_in_affinity_mask returns how many CPUs the calling thread may run on, at least 1.
[[nodiscard]] std::size_t cpus_in_affinity_mask();

/// cpus_in_quota returns the tightest CPU quota of the process's control groups, rounded up, at least 1; empty when
/// there is none. All files are looked up below `root`, so that tests can show it other systems.
[[nodiscard]] std::optional<std::size_t> cpus_in_quota(const std::filesystem::path& root = "/");

}  // namespace yoke::detail
