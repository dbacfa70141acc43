#pragma once

#include "bench/results/results.hpp"

#include <string>
#include <vector>

namespace yoke::bench {

/// cell_name is a cell as messages name it: "race, 2 processes".
std::string cell_name(const cell& of);

/// run_warnings says what a reader of these results should know before believing them, a sentence each, with the cure.
std::vector<std::string> run_warnings(const results& of);

}  // namespace yoke::bench
