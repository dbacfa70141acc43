#include "bench/results/whole_text.hpp"

#include "bench/results/json.hpp"

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace yoke::bench {
namespace {

/// read_some waits for something to read where the descriptor does not. Returns 0 at the end.
std::size_t read_some(int descriptor, const std::string& name, std::array<char, std::size_t{1} << 16>& into) {
  for (;;) {
    const ssize_t got = ::read(descriptor, into.data(), into.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EINTR) continue;
    if (errno != EAGAIN)
      throw results_error{fmt::format("{}: reading fails: {}", name, std::system_category().message(errno))};
    pollfd watched{descriptor, POLLIN, 0};
    static_cast<void>(::poll(&watched, 1, -1));
  }
}

}  // namespace

std::string whole_text(int descriptor, const std::string& name, std::size_t most) {
  struct stat about {};
  const bool ends = ::fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode);
  std::string text;
  std::array<char, std::size_t{1} << 16> buffer;
  char first = ' ';  // that is no blank
  while (const std::size_t got = read_some(descriptor, name, buffer)) {
    const std::string_view part{buffer.data(), got};
    text += part;
    const auto begin = part.find_first_not_of(" \n\r\t");
    if (first == ' ' && begin != part.npos) first = part[begin];
    if (first != ' ' && first != '{') break;
    if (!ends && text.size() > most)
      throw results_error{
          fmt::format("{}: there is more than {} MiB to read, which are no results; name the file that "
                      "yoke bench --json wrote",
                      name, most >> 20)};
  }
  return text;
}

}  // namespace yoke::bench
