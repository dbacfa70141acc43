// expect: yoke: a raw pointer leads nowhere
#include <yoke/codec.hpp>

#include <map>
#include <vector>

struct row {
  int id;
#ifdef MUST_NOT_COMPILE
  std::map<int, std::vector<const char*>> names;
#endif
};

void send(yoke::byte_sink& out, const row& value) { yoke::encode(out, value); }
