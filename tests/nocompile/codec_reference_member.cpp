// expect: yoke: an aggregate with a reference member
#include <yoke/codec.hpp>

#include <string>

struct row {
#ifdef MUST_NOT_COMPILE
  const std::string& name;
#else
  std::string name;
#endif
  int id;
};

void send(yoke::byte_sink& out, const row& value) { yoke::encode(out, value); }
