// expect: return std::string
#include <yoke/codec.hpp>

#include <string>
#include <string_view>
#include <vector>

#ifdef MUST_NOT_COMPILE
using text = std::string_view;
#else
using text = std::string;
#endif

struct line {
  int number;
  std::vector<text> words;
};

void check() { yoke::detail::require_result<line>(); }
