// expect: yoke::codec<T> needs `static void encode
#include <yoke/codec.hpp>

#include <memory>

class shared {
 private:
  std::shared_ptr<int> value_;
};

template <>
struct yoke::codec<shared> {
  static void encode(yoke::byte_sink& out, const shared& value);
#ifdef MUST_NOT_COMPILE
  static void decode(yoke::byte_reader& in, shared& value);
#else
  static shared decode(yoke::byte_reader& in);
#endif
};

void send(yoke::byte_sink& out, const shared& value) { yoke::encode(out, value); }
