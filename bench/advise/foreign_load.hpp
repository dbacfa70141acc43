#pragma once

#include <string>

namespace yoke::bench {

/// taken_seconds is the CPU time that all programs, and the hypervisor for others, have taken since the machine
/// started; NaN where `stat`, /proc/stat, cannot be read.
double taken_seconds(const std::string& stat);

/// foreign_share is how much of `capacity`, in CPU seconds, others than we took; NaN where it is not known what was
/// taken.
double foreign_share(double taken, double by_us, double capacity);

}  // namespace yoke::bench
