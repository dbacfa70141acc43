#pragma once

#include <string_view>

namespace yoke::kernels {

/// act_out does what the words of a record say: "signal 11", "exit 3", "hang", ... Throws what "throw" asks for, and
/// std::invalid_argument for words it does not know.
void act_out(std::string_view words);

}  // namespace yoke::kernels
