#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace yoke::cli {

/// cut_text is a text of at most so many characters of UTF-8: what is longer ends in "...", none cut in half.
std::string cut_text(std::string_view text, std::size_t room);

}  // namespace yoke::cli
