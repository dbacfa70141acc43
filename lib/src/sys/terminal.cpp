#include "sys/terminal.hpp"

#include <cstdlib>
#include <string_view>

#include <unistd.h>

namespace yoke::detail {

bool stderr_redraws() {
  const char* const kind = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && kind != nullptr && std::string_view{kind} != "dumb";
}

}  // namespace yoke::detail
