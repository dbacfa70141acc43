// expect: use std::array, or specialise yoke::codec<T>
#include <yoke/codec.hpp>

#include <array>
#include <vector>

struct cell {
  std::vector<int> values;
#ifdef MUST_NOT_COMPILE
  int last[1];
#else
  std::array<int, 1> last;
#endif
};

struct grid {
  std::vector<cell> cells;
};

void send(yoke::byte_sink& out, const grid& value) { yoke::encode(out, value); }
