#include "bench/report/wrapped_text.hpp"

#include <sstream>

namespace yoke::bench {

std::string wrapped(const std::string& text, std::size_t indent) {
  constexpr std::size_t columns = 80;
  std::istringstream words{text};
  std::string out;
  std::size_t at = 0;
  bool first = true;
  for (std::string word; words >> word; first = false) {
    if (!first && at + 1 + word.size() > columns) {
      out.append(1, '\n').append(indent, ' ');
      at = indent;
    } else if (!first) {
      out += ' ';
      ++at;
    }
    out += word;
    at += word.size();
  }
  return out;
}

}  // namespace yoke::bench
