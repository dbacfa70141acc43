#pragma once

#include "bench/statistics/analysis.hpp"

#include <string>
#include <vector>

namespace yoke::bench {

/// reported_warnings are what a reader has to know before believing the figures, each fact once: what the run noticed
/// itself, and what its figures show. Errors of cells are not among them; they are told with the cells.
std::vector<std::string> reported_warnings(const analysis& of);

}  // namespace yoke::bench
