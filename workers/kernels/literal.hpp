#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace yoke::kernels {

/// literal is a string to search for, each byte exactly or, where folded, in either case.
struct literal {
  std::string bytes;   ///< lower case where folded
  std::string folded;  ///< 0x20 where either case will do, else 0; as long as bytes

  [[nodiscard]] std::size_t size() const { return bytes.size(); }
};

/// make_literal returns the literal for a text; its ASCII letters are folded when case is ignored.
literal make_literal(std::string_view text, bool ignore_case);

/// literal_finder searches for a literal by its two rarest bytes at once, 32 positions at a time where the machine can.
class literal_finder {
 public:
  /// Takes a literal of at least one byte.
  explicit literal_finder(literal needle);

  /// find returns where the literal stands first at or after `from`, or npos.
  [[nodiscard]] std::size_t find(std::string_view text, std::size_t from) const;

  static constexpr std::size_t npos = std::string_view::npos;

 private:
  [[nodiscard]] bool stands_at(const char* at) const;
  std::size_t find_plain(std::string_view text, std::size_t from) const;
  std::size_t find_avx2(std::string_view text, std::size_t from) const;

  literal needle_;
  std::size_t first_ = 0;   ///< offset of one of its two rarest bytes
  std::size_t second_ = 0;  ///< and of the other; the same for a literal of one byte
};

}  // namespace yoke::kernels
