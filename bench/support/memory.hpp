#pragma once

#include <sys/types.h>

namespace yoke::bench {

/// descendants_memory returns the bytes used by all our descendants but `except`: the sum of their proportional set
/// sizes, and of their pool's segment also what no process has touched yet.
double descendants_memory(pid_t except);

/// memory_use is what processes use together, in bytes.
struct memory_use {
  double proportional = 0;   ///< sum of proportional set sizes, and of their pool's segment what nobody has touched
  double peak_resident = 0;  ///< sum of the largest resident sets each of them has had
};

/// memory_of_tree looks at a process and all its descendants.
memory_use memory_of_tree(pid_t root);

}  // namespace yoke::bench
