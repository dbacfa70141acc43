#pragma once

namespace yoke::cli {

/// keep_standard_streams_apart puts something in the place of a standard stream that is closed, so that no file opened
/// later gets its number. Closed stdin and stdout stay unusable: reading or writing them fails as it did before.
void keep_standard_streams_apart();

/// stdin_is_readable is false when stdin was closed from the start.
bool stdin_is_readable();

/// stdout_is_writable is false when stdout was closed from the start.
bool stdout_is_writable();

}  // namespace yoke::cli
