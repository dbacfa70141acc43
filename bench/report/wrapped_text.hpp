#pragma once

#include <cstddef>
#include <string>

namespace yoke::bench {

/// wrapped breaks a text between words so that no line has more than 80 columns, with `indent` blanks before each line
/// but the first.
std::string wrapped(const std::string& text, std::size_t indent);

}  // namespace yoke::bench
