#pragma once

#include "workers/kernels/to_re2.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <re2/re2.h>

namespace yoke::kernels {

/// line_place is where a line stands in a text: from its first byte to behind its newline.
struct line_place {
  std::size_t begin;
  std::size_t end;
};

/// line_around returns the line that holds the byte at `at`. `begin` is the beginning of that line or an earlier one.
line_place line_around(std::string_view text, std::size_t begin, std::size_t at);

/// line_regex finds the lines of a text that match an expression. It hands RE2 whole blocks, never line by line, in
/// time linear in the text whatever the expression.
class line_regex {
 public:
  /// Throws bad_operand for a pattern that cannot be read, or is too large.
  line_regex(std::string_view pattern, const regex_options& options);

  /// matches tells whether a single line, given with or without its newline, matches.
  [[nodiscard]] bool matches(std::string_view line) const;

  /// visit calls to(line_place) for each matching line from `from` on, which is the beginning of a line.
  template <typename Visit>
  void visit(std::string_view text, std::size_t from, Visit to) const {
    for (bool close = false;;) {
      const std::size_t start = from;
      for (std::size_t i = 0; i < at_once; ++i) {
        const auto line = find(text, from, close);
        if (!line) return;
        to(*line);
        from = line->end;
      }
      close = from - start < close_together;
    }
  }

  /// count returns the number of matching lines. A last line without newline counts.
  [[nodiscard]] std::uint64_t count(std::string_view text) const;

  /// required_text returns the longest text of two bytes or more, in lower case, that every match holds in some mix of
  /// cases; empty when there is none.
  [[nodiscard]] std::string required_text() const;

 private:
  /// So many matching lines are counted by one call of RE2, which costs as much as a hundred bytes, where they stand
  /// close together.
  static constexpr std::size_t at_once = 8;
  static constexpr std::size_t close_together = at_once * 64;

  [[nodiscard]] std::optional<line_place> find(std::string_view text, std::size_t from, bool close) const;
  std::uint64_t count_dense(std::string_view& text) const;

  RE2 one_;      ///< what was asked for: fast on the way to a match that begins with a fixed text
  RE2 next_;     ///< the same from where a search begins: RE2 need not run backwards to see where the match does
  RE2 several_;  ///< runs to the end of the last of at_once matching lines
};

}  // namespace yoke::kernels
