// expect: yoke: a reference leads nowhere
#include <yoke/codec.hpp>

#include <string>

#ifdef MUST_NOT_COMPILE
using result = const std::string&;
#else
using result = std::string;
#endif

void check() { yoke::detail::require_result<result>(); }
