#pragma once

#include <string>
#include <string_view>

namespace yoke::bench {

/// escaped makes any text safe between tags and inside quoted attributes.
std::string escaped(std::string_view text);

/// base64 encodes bytes (RFC 4648).
std::string base64(std::string_view bytes);

}  // namespace yoke::bench
