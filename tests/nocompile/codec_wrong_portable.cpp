// expect: yoke::portable<T> is for trivially copyable types
#include <yoke/codec.hpp>

#include <memory>

class shared {
 private:
  std::shared_ptr<int> value_;
};

#ifdef MUST_NOT_COMPILE
template <>
inline constexpr bool yoke::portable<shared> = true;
#else
template <>
struct yoke::codec<shared> {
  static void encode(yoke::byte_sink& out, const shared& value);
  static shared decode(yoke::byte_reader& in);
};
#endif

void send(yoke::byte_sink& out, const shared& value) { yoke::encode(out, value); }
