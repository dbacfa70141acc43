#pragma once

#include "bench/results/results.hpp"

#include <string>

namespace yoke::bench {

/// first_contradiction returns what makes results worthless though their form is right, such as a repetition with
/// neither a time nor an error, with its place; empty when there is nothing.
std::string first_contradiction(const results& of);

}  // namespace yoke::bench
