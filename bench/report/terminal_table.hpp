#pragma once

#include "bench/report/baseline.hpp"
#include "bench/statistics/analysis.hpp"

#include <optional>
#include <string>

namespace yoke::bench {

/// to_terminal writes what matters on one screen of 80 columns: a line per workload, with the backend to use and why,
/// then the advice. With a comparison, the cells that became slower.
std::string to_terminal(const analysis& of, const std::optional<comparison>& with);

}  // namespace yoke::bench
