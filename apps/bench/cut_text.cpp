#include "bench/cut_text.hpp"

namespace yoke::cli {
namespace {

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

/// Where the character of this number begins; the text's size where it has fewer.
std::size_t place_of(std::string_view text, std::size_t number) {
  std::size_t seen = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (begins_character(text[at]) && seen++ == number) return at;
  }
  return text.size();
}

}  // namespace

std::string cut_text(std::string_view text, std::size_t room) {
  if (place_of(text, room) == text.size()) return std::string{text};
  return std::string{text.substr(0, place_of(text, room - 3))} + "...";
}

}  // namespace yoke::cli
