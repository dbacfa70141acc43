// expect: with a bit-field beside members that are not plain numbers
#include <yoke/codec.hpp>

#include <string>

struct entry {
#ifdef MUST_NOT_COMPILE
  unsigned level : 3;
#else
  unsigned level;
#endif
  std::string name;
};

void send(yoke::byte_sink& out, const entry& value) { yoke::encode(out, value); }
