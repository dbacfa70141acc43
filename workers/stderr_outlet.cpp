#include "workers/stderr_outlet.hpp"

#include "sys/error.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace yoke::detail {

stderr_outlet::stderr_outlet(int shared) : shared_{shared} {
  struct stat facts {};
  if (::fstat(shared, &facts) != 0) return;
  if (S_ISSOCK(facts.st_mode)) {
    what_ = kind::socket;
  } else if (S_ISFIFO(facts.st_mode) || ::isatty(shared) == 1) {
    what_ = kind::stream;
    const std::string path = "/proc/self/fd/" + std::to_string(shared);
    file_descriptor own{
        retry_on_interrupt([&] { return ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC); })};
    if (own) own_ = clear_of_standard_streams(std::move(own));
  } else {
    what_ = kind::file;
  }
}

bool stderr_outlet::has_room() const {
  pollfd watched{shared_, POLLOUT, 0};
  return retry_on_interrupt([&] { return ::poll(&watched, 1, 0); }) > 0;
}

std::size_t stderr_outlet::write(std::string_view text) {
  std::size_t taken = 0;
  while (taken < text.size() && what_ != kind::closed) {
    const std::string_view next = text.substr(taken, piece);
    if (what_ == kind::stream && !own_ && !has_room()) return taken;
    const ssize_t written = retry_on_interrupt([&] {
      return what_ == kind::socket ? ::send(shared_, next.data(), next.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                                   : ::write(descriptor(), next.data(), next.size());
    });
    if (written >= 0) {
      taken += static_cast<std::size_t>(written);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return taken;
    } else if (errno == EPIPE || errno == EBADF) {
      what_ = kind::closed;
    } else {
      taken += next.size();  // a full disk, say: the task could not have written it either
    }
  }
  return text.size();
}

}  // namespace yoke::detail
