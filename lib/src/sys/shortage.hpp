#pragma once

#include <string>

namespace yoke::detail {

/// describe_shortage says what was short when a process could not be started or connected, and the cure: for the errno
/// of the call that failed.
[[nodiscard]] std::string describe_shortage(int error);

/// is_shortage_of_files tells whether `error` is about open files, this process's or the machine's.
[[nodiscard]] bool is_shortage_of_files(int error);

}  // namespace yoke::detail
