#pragma once

#include <chrono>
#include <cstdint>

namespace yoke::bench {

/// calibrate_spinning finds out how many rounds make a microsecond here, once in a process: forked children know it
/// then, so that all do the same work.
void calibrate_spinning();

/// spin computes for about so long. It counts rounds and no time: when it is preempted, it takes longer.
void spin(std::chrono::microseconds length);

}  // namespace yoke::bench
