#pragma once

#include "bench/runner/cell_runner.hpp"

namespace yoke::bench {

/// measured_run makes a repetition in the calling process: input, pool, warm-up, timed region, memory, end of the pool.
/// Throws what the workload throws.
outcome measured_run(const cell_plan& cell, const run_terms& terms);

/// hash_text writes a hash as results have it: 16 hexadecimal digits.
std::string hash_text(std::uint64_t hash);

}  // namespace yoke::bench
