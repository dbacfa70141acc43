// expect: return a std::vector<T>
#include <yoke/codec.hpp>

#include <span>
#include <vector>

#ifdef MUST_NOT_COMPILE
using samples = std::span<const double>;
#else
using samples = std::vector<double>;
#endif

struct block {
  int id;
  samples values;
};

void send(yoke::byte_sink& out, const block& value) { yoke::encode(out, value); }
