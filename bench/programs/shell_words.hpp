#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace yoke::bench {

/// shell_word quotes a word where a shell would not read it as that one word.
std::string shell_word(std::string_view word);

/// shell_words is a command as one types it.
std::string shell_words(const std::vector<std::string>& command);

}  // namespace yoke::bench
