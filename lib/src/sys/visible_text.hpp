#pragma once

#include <string>
#include <string_view>

namespace yoke::detail {

/// visible_text is `text` with every byte that could command a terminal written as \xNN: control characters, those of
/// two bytes (U+0080 to U+009F) as well, and what is no UTF-8. Tabs stay.
[[nodiscard]] std::string visible_text(std::string_view text);

}  // namespace yoke::detail
