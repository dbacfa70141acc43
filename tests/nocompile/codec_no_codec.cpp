// expect: no way is known to send this type
#include <yoke/codec.hpp>

#include <memory>
#include <string>
#include <variant>

#ifdef MUST_NOT_COMPILE
using held = std::shared_ptr<std::string>;
#else
using held = std::unique_ptr<std::string>;
#endif

void send(yoke::byte_sink& out, const std::variant<int, held>& value) { yoke::encode(out, value); }
