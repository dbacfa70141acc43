#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace yoke::detail {

/// short_task_ns is how long a task may take to travel with others, and all of a chunk together.
inline constexpr std::uint32_t short_task_ns = 10'000;

/// overdue is how long a chunk of several tasks may be out before those that have not begun are given to others.
inline constexpr std::chrono::nanoseconds overdue{200'000};

/// heaviest_chunk is how many bytes of arguments make a chunk full.
inline constexpr std::size_t heaviest_chunk = 64 << 10;

}  // namespace yoke::detail
