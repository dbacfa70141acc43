// expect: template <> inline constexpr bool yoke::portable<T> = true
#include <yoke/codec.hpp>

union number {
  long whole;
  double real;
};

#ifndef MUST_NOT_COMPILE
template <>
inline constexpr bool yoke::portable<number> = true;
#endif

struct tagged {
  bool is_whole;
  number value;
};

void send(yoke::byte_sink& out, const tagged& value) { yoke::encode(out, value); }
