#include "common/standard_streams.hpp"

#include "common/command_error.hpp"

#include <array>
#include <cerrno>
#include <cstddef>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace yoke::cli {

void keep_standard_streams_apart() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) != -1 || errno != EBADF) continue;
    // Opened the wrong way round; and as the lowest free number, it gets the one that is missing.
    const int wrong_way = stream == STDIN_FILENO ? O_WRONLY : stream == STDOUT_FILENO ? O_RDONLY : O_WRONLY;
    if (::open("/dev/null", wrong_way) != stream) throw io_error{"cannot open /dev/null: " + errno_text()};
  }
}

bool stdin_is_readable() {
  const int flags = ::fcntl(STDIN_FILENO, F_GETFL);
  return flags != -1 && (flags & O_ACCMODE) != O_WRONLY;
}

std::string read_stdin() {
  if (!stdin_is_readable()) throw io_error{"standard input is closed; name a file, or give it something to read"};
  std::string text;
  std::array<char, std::size_t{1} << 16> buffer;
  for (ssize_t got = -1; got != 0;) {
    got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
    if (got >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN) throw io_error{"standard input: " + errno_text()};
    pollfd watched{STDIN_FILENO, POLLIN, 0};
    static_cast<void>(::poll(&watched, 1, -1));
  }
  return text;
}

bool stdout_is_writable() {
  const int flags = ::fcntl(STDOUT_FILENO, F_GETFL);
  return flags != -1 && (flags & O_ACCMODE) != O_RDONLY;
}

}  // namespace yoke::cli
