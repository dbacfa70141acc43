#pragma once

#include <cstddef>

namespace yoke {
inline namespace v0 {

/// usable_cpus returns how many CPUs this process may keep busy at the same time, at least 1: what a pool with
/// `workers = 0` starts.
///
/// It is the smaller of the CPUs in the calling thread's affinity mask (taskset, cpusets) and the CPU quota of its
/// control groups, versions 1 and 2 and all levels up to the mount point, rounded up: a container limited to 2.5 CPUs
/// gets 3. Files that are missing or make no sense limit nothing. Reads files on every call: some 100 microseconds.
std::size_t usable_cpus();

}  // namespace v0
}  // namespace yoke
