#pragma once

#include <cstdint>
#include <string_view>

namespace yoke::kernels {

/// text_counts is what wc says about a text.
struct text_counts {
  std::uint64_t lines = 0;  ///< newline bytes
  std::uint64_t words = 0;  ///< runs between white space that hold at least one printable byte
  std::uint64_t bytes = 0;

  text_counts& operator+=(const text_counts& other) {
    lines += other.lines;
    words += other.words;
    bytes += other.bytes;
    return *this;
  }
  bool operator==(const text_counts&) const = default;
};

/// count_text counts as wc does in the C locale: space, \t, \n, \v, \f and \r separate words, a printable ASCII byte
/// makes a word, and any other byte does neither. Start and end of the text are word borders.
///
/// Works on 64 bytes at a time, with AVX2 where the machine has it.
text_counts count_text(std::string_view text);

/// count_lines returns the number of newline bytes.
std::uint64_t count_lines(std::string_view text);

namespace detail {

/// The versions that count_text chooses from, for tests to compare.
text_counts count_text_portable(std::string_view text);
text_counts count_text_fast(std::string_view text);

}  // namespace detail
}  // namespace yoke::kernels
