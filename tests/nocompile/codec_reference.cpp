// expect: yoke: a reference leads nowhere
#include <yoke/codec.hpp>

#include <functional>
#include <string>
#include <tuple>

#ifdef MUST_NOT_COMPILE
using sent = std::tuple<int, std::reference_wrapper<std::string>>;
#else
using sent = std::tuple<int, std::string>;
#endif

void send(yoke::byte_sink& out, const sent& value) { yoke::encode(out, value); }
