#pragma once

#include <sys/types.h>

namespace yoke::bench {

/// adopt_orphans makes descendants whose parents end ours, so that a pool's supervisor is found among our children.
void adopt_orphans();

/// descendants_memory returns the bytes used by all our descendants but `except`: the sum of their proportional set
/// sizes, and of their pool's segment also what no process has touched yet.
double descendants_memory(pid_t except);

}  // namespace yoke::bench
