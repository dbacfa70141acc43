#include "common/command_error.hpp"

#include <cerrno>
#include <system_error>

namespace yoke::cli {

std::string errno_text() { return std::generic_category().message(errno); }

}  // namespace yoke::cli
