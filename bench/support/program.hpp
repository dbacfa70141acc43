#pragma once

#include <filesystem>
#include <functional>

namespace yoke::bench {

/// run_benchmark is the main() of a benchmark: it reads the number of rounds, the command line's one and optional
/// argument, calls `measure` with it, and prints what that throws. Returns the exit status: 0, 1, or 2 for bad usage.
int run_benchmark(int argc, char** argv, int usual_rounds, const std::function<void(int)>& measure);

/// program_beside returns the path of a program in the folder of the running one.
std::filesystem::path program_beside(const char* name);

}  // namespace yoke::bench
