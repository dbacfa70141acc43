#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace yoke::cli {

/// memory_field returns a line of /proc/meminfo in bytes, such as "MemAvailable", or nothing where it cannot be read.
std::optional<std::uint64_t> memory_field(std::string_view name);

}  // namespace yoke::cli
