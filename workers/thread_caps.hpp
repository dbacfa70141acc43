#pragma once

#include <array>

namespace yoke::detail {

/// thread_caps names the environment variables that get the value 1 unless they are set: a parallel library inside a
/// task would start one thread per CPU in every worker. Most read them when they are loaded, which for forked workers
/// was long ago.
inline constexpr std::array thread_caps{"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
                                        "BLIS_NUM_THREADS", "NUMEXPR_NUM_THREADS"};

}  // namespace yoke::detail
