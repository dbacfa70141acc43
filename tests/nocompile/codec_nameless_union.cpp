// expect: a union without a name
#include <yoke/codec.hpp>

#include <string>

struct entry {
  std::string name;
#ifdef MUST_NOT_COMPILE
  union {
    int whole;
    float real;
  };
#else
  int whole;
#endif
};

void send(yoke::byte_sink& out, const entry& value) { yoke::encode(out, value); }
