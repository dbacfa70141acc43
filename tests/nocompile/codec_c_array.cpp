// expect: use std::array, or specialise yoke::codec<T>
#include <yoke/codec.hpp>

#include <array>
#include <string>

struct person {
#ifdef MUST_NOT_COMPILE
  char name[32];
#else
  std::array<char, 32> name;
#endif
  std::string address;
};

void send(yoke::byte_sink& out, const person& value) { yoke::encode(out, value); }
