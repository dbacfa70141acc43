#pragma once

#include "bench/results/environment.hpp"

#include <filesystem>

namespace yoke::bench {

/// environment_record looks at the machine and the build. What cannot be found out stays unknown. Files are looked up
/// below `root`, so that tests can show it another system.
environment environment_record(const std::filesystem::path& root = "/");

}  // namespace yoke::bench
