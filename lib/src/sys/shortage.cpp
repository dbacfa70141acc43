#include "sys/shortage.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace yoke::detail {
namespace {

const char* cure_of(int error) {
  switch (error) {
    case EMFILE:
      return "raise the limit on open files (ulimit -n), or ask for fewer workers";
    case ENFILE:
      return "the whole machine has too many open files: end what holds them, or raise fs.file-max";
    case ENOMEM:
      return "free some memory, or ask for fewer workers";
    default:
      return "raise the limit on processes (ulimit -u), or ask for fewer workers";
  }
}

}  // namespace

std::string describe_shortage(int error) { return fmt::format("{}: {}", std::strerror(error), cure_of(error)); }

bool is_shortage_of_files(int error) { return error == EMFILE || error == ENFILE; }

}  // namespace yoke::detail
