#include "sys/visible_text.hpp"

#include <cstddef>
#include <cstdint>

namespace yoke::detail {
namespace {

constexpr std::uint32_t first_behind_controls = 0xa0;

/// The bytes of the character beyond ASCII that `text` begins with; 0 where there is none, or one that is a command.
std::size_t length_of_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (length == 0 || lead >= 0xf5 || text.size() < length) return 0;
  std::uint32_t code = lead & (0x7fU >> length);
  for (const char each : text.substr(1, length - 1)) {
    const auto next = static_cast<unsigned char>(each);
    if ((next & 0xc0U) != 0x80) return 0;
    code = code << 6 | (next & 0x3fU);
  }
  constexpr std::uint32_t least[] = {0, 0, first_behind_controls, 0x800, 0x10000};
  return code < least[length] ? 0 : length;
}

}  // namespace

std::string visible_text(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string visible;
  visible.reserve(text.size());
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    const bool plain = (byte >= ' ' && byte < 0x7f) || byte == '\t';
    const std::size_t length = plain ? 1 : byte >= 0x80 ? length_of_character(text) : 0;
    if (length > 0) {
      visible += text.substr(0, length);
    } else {
      visible.append("\\x").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    }
    text.remove_prefix(length > 0 ? length : 1);
  }
  return visible;
}

}  // namespace yoke::detail
