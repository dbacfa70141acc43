#include "common/without_sigpipe.hpp"

#include <cerrno>
#include <ctime>

namespace yoke::cli {

without_sigpipe::without_sigpipe() {
  sigemptyset(&blocked_);
  sigaddset(&blocked_, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &blocked_, &before_);
}

without_sigpipe::~without_sigpipe() {
  const timespec at_once{};
  while (::sigtimedwait(&blocked_, nullptr, &at_once) < 0 && errno == EINTR) {
  }
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace yoke::cli
