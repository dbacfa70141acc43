#pragma once

#include <string>
#include <string_view>

namespace yoke::cli {

/// print writes text to stdout. Throws io_error where that fails.
void print(std::string_view text);

/// complain writes each line of a message to stderr, behind the command's name.
void complain(std::string_view command, std::string_view message);

}  // namespace yoke::cli
