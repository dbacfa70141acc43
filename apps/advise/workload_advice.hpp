#pragma once

#include <string>

namespace yoke::cli {

/// advise_from prints the advice on a workload from a file of results; on all of them, where `workload` is empty.
/// Returns the exit status. Throws io_error, and usage_error for a workload that the file lacks.
int advise_from(const std::string& results, const std::string& workload);

/// advise_by_measuring runs yoke bench on the workload and prints the advice.
int advise_by_measuring(const std::string& workload);

}  // namespace yoke::cli
