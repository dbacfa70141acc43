// expect: template <> inline constexpr bool yoke::portable<T> = true
#include <yoke/codec.hpp>

#include <vector>

class money {
 public:
  explicit money(long cents) : cents_{cents} {}

 private:
  long cents_;
};

#ifndef MUST_NOT_COMPILE
template <>
inline constexpr bool yoke::portable<money> = true;
#endif

void send(yoke::byte_sink& out, const std::vector<money>& value) { yoke::encode(out, value); }
