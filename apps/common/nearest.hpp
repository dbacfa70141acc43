#pragma once

#include <span>
#include <string>
#include <string_view>

namespace yoke::cli {

/// nearest returns the name that `word` is most likely a misspelling of, or an empty view when none is close.
std::string_view nearest(std::string_view word, std::span<const std::string_view> names);

/// did_you_mean returns "; did you mean NAME?" for the nearest name, or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> names);

}  // namespace yoke::cli
