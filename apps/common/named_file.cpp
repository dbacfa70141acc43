#include "common/named_file.hpp"

#include "common/command_error.hpp"

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

namespace fs = std::filesystem;

/// same_file tells whether two names lead to one regular file, by hard links too, or would if it existed.
bool same_file(const std::string& one, const std::string& other) {
  std::error_code ignored;
  if (fs::exists(one, ignored)) return fs::is_regular_file(one, ignored) && fs::equivalent(one, other, ignored);
  return fs::weakly_canonical(fs::absolute(one), ignored) == fs::weakly_canonical(fs::absolute(other), ignored);
}

}  // namespace

void check_apart(std::span<const named_file> files) {
  for (std::size_t later = 1; later < files.size(); ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      const named_file& one = files[earlier];
      const named_file& other = files[later];
      if (one.name.empty() || one.name == "-" || other.name.empty() || other.name == "-") continue;
      if (!(one.written || other.written) || !same_file(one.name, other.name)) continue;
      throw usage_error{fmt::format("{} {}: that is {}, which would be lost; name another file", other.by, other.name,
                                    one.written ? fmt::format("where {} writes", one.by) : one.by)};
    }
  }
}

}  // namespace yoke::cli
