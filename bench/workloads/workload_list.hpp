#pragma once

#include "bench/workloads/workload.hpp"

#include <span>
#include <string_view>

namespace yoke::bench {

/// workloads returns all workloads, in the order of their families.
std::span<const workload> workloads();

/// find_workload returns the workload of that name, or null.
const workload* find_workload(std::string_view name);

/// quick_set names the workloads of a quick run: one for each thing that may decide between processes and threads.
std::span<const std::string_view> quick_set();

}  // namespace yoke::bench
