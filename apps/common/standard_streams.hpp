#pragma once

#include <string>

namespace yoke::cli {

/// keep_standard_streams_apart puts something in the place of a standard stream that is closed, so that no file opened
/// later gets its number. Closed stdin and stdout stay unusable: reading or writing them fails as it did before.
void keep_standard_streams_apart();

/// stdin_is_readable is false when stdin was closed from the start.
bool stdin_is_readable();

/// read_stdin returns all that is left to read from standard input. Throws io_error.
std::string read_stdin();

/// stdout_is_writable is false when stdout was closed from the start.
bool stdout_is_writable();

}  // namespace yoke::cli
