#pragma once

#include <malloc.h>

namespace yoke::bench {

/// result_memory says where a result vector of some megabytes comes to lie. The C library decides by what was freed
/// before; a benchmark has to say.
enum class result_memory {
  fresh,  ///< pages new from the system, each to be faulted in, as in a program that keeps its vectors
  used,   ///< memory of an earlier vector, as in a program that makes such vectors often
};

/// choose_memory makes it so for the vectors to come: fresh ones first, since a block that is free is taken before the
/// system is asked.
inline void choose_memory(result_memory kind) {
  constexpr int most_that_malloc_takes = 32 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kind == result_memory::fresh ? 1 << 20 : most_that_malloc_takes);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

}  // namespace yoke::bench
