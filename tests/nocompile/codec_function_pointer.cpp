// expect: yoke: a pointer to a function or a member cannot be sent
#include <yoke/codec.hpp>

#include <optional>

struct step {
  int id;
#ifdef MUST_NOT_COMPILE
  std::optional<int (*)(int)> run;
#endif
};

void send(yoke::byte_sink& out, const step& value) { yoke::encode(out, value); }
