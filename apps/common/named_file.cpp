#include "common/named_file.hpp"

#include "common/command_error.hpp"

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

namespace yoke::cli {
namespace {

namespace fs = std::filesystem;

bool is_stdin(const named_file& file) { return file.name == "-" && !file.written; }

bool is_stdout(const named_file& file) { return file.name == "-" && file.written; }

/// path_of is a path that leads to it, to standard input as well.
fs::path path_of(const named_file& file) { return is_stdin(file) ? "/proc/self/fd/0" : fs::absolute(file.name); }

/// same_file tells whether both are one regular file, by hard links too, or would be if it existed.
bool same_file(const named_file& one, const named_file& other) {
  std::error_code ignored;
  const fs::path path = path_of(one);
  const fs::path other_path = path_of(other);
  if (fs::exists(path, ignored)) return fs::is_regular_file(path, ignored) && fs::equivalent(path, other_path, ignored);
  return fs::weakly_canonical(path, ignored) == fs::weakly_canonical(other_path, ignored);
}

}  // namespace

void check_apart(std::span<const named_file> files) {
  for (std::size_t later = 1; later < files.size(); ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      const named_file& one = files[earlier];
      const named_file& other = files[later];
      if (one.name.empty() || is_stdout(one) || other.name.empty() || is_stdout(other)) continue;
      if (!(one.written || other.written) || !same_file(one, other)) continue;
      throw usage_error{fmt::format("{} {}: that is {}, which would be lost; name another file", other.by, other.name,
                                    one.written ? fmt::format("where {} writes", one.by) : one.by)};
    }
  }
}

}  // namespace yoke::cli
