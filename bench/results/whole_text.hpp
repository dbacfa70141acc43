#pragma once

#include <cstddef>
#include <string>

namespace yoke::bench {

/// Where there is more to read than that, from a device or a pipe, it never was results.
inline constexpr std::size_t most_text = std::size_t{1} << 30;

/// whole_text reads what is left of an open file, a pipe or a socket; `name` is its name, for messages. What does not
/// begin like results is not read to its end, which a device may not have. Throws results_error for what cannot be
/// read, and for more than `most` bytes of anything but a regular file.
std::string whole_text(int descriptor, const std::string& name, std::size_t most = most_text);

}  // namespace yoke::bench
