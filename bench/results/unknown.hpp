#pragma once

#include <limits>

namespace yoke::bench {

/// unknown is what a number is that was not measured. It is null in JSON, and an empty field in CSV.
inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

}  // namespace yoke::bench
