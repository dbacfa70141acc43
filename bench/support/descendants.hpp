#pragma once

#include <vector>

#include <sys/types.h>

namespace yoke::bench {

/// adopt_orphans makes descendants whose parents end ours, so that a pool's supervisor is found among our children.
void adopt_orphans();

/// children_of returns the children of a process.
std::vector<pid_t> children_of(pid_t parent);

/// descendants_cpu_time returns the seconds that our children and theirs have run so far.
double descendants_cpu_time();

}  // namespace yoke::bench
