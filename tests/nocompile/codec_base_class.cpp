// expect: make the base a member, or specialise yoke::codec<T>
#include <yoke/codec.hpp>

#include <string>

struct shape {
  std::string name;
};

#ifdef MUST_NOT_COMPILE
struct circle : shape {
  double radius;
};
#else
struct circle {
  shape as_shape;
  double radius;
};
#endif

void send(yoke::byte_sink& out, const circle& value) { yoke::encode(out, value); }
