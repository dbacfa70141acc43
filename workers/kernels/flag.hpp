#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace yoke::kernels {

/// flag describes one option of a kernel or a subcommand. Parser, help, completions and man pages all read this table.
struct flag {
  char letter;             ///< its one-letter form, or 0
  std::string_view name;   ///< its long form without dashes, or empty
  std::string_view value;  ///< what its argument is called ("N", "FILE"), or empty when it takes none
  std::string_view help;   ///< one line
};

/// given_flag is a flag as it was met on the command line.
struct given_flag {
  const flag* which;
  std::string_view text;  ///< its argument; empty when it takes none
};

/// words is a parsed command line: the flags given, in order, and the operands, byte for byte.
struct words {
  std::vector<given_flag> flags;
  std::vector<std::string_view> operands;

  /// find returns the last occurrence of the flag with this long name (or letter, where it has no name), or null.
  [[nodiscard]] const given_flag* find(std::string_view name) const {
    for (auto it = flags.rbegin(); it != flags.rend(); ++it) {
      const flag& f = *it->which;
      if (f.name.empty() ? name == std::string_view{&f.letter, 1} : name == f.name) return &*it;
    }
    return nullptr;
  }
  /// has tells whether that flag was given.
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
};

}  // namespace yoke::kernels
