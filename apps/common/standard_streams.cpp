#include "common/standard_streams.hpp"

#include "common/command_error.hpp"

#include <cerrno>

#include <fcntl.h>
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

bool stdout_is_writable() {
  const int flags = ::fcntl(STDOUT_FILENO, F_GETFL);
  return flags != -1 && (flags & O_ACCMODE) != O_RDONLY;
}

}  // namespace yoke::cli
