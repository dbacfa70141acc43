#pragma once

#include "bench/results/results.hpp"

#include <string>
#include <vector>

namespace yoke::bench {

/// run_warnings says what a reader of these results should know before believing them, a sentence each, with the cure.
std::vector<std::string> run_warnings(const results& of);

}  // namespace yoke::bench
