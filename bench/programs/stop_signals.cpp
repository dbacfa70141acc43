#include "bench/programs/stop_signals.hpp"

#include "sys/error.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

namespace yoke::bench {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

stop_signals::stop_signals() {
  sigset_t held;
  ::sigemptyset(&held);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    if (!is_ignored(signal)) ::sigaddset(&held, signal);
  watch_.reset(detail::check(::signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd"));
  detail::check(::sigprocmask(SIG_BLOCK, &held, &before_), "sigprocmask");
}

stop_signals::~stop_signals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

std::optional<stop_signal> stop_signals::take() {
  signalfd_siginfo came{};
  const auto length = detail::retry_on_interrupt([&] { return ::read(watch_.get(), &came, sizeof came); });
  if (length != static_cast<ssize_t>(sizeof came)) return std::nullopt;
  return stop_signal{.number = static_cast<int>(came.ssi_signo), .of_terminal = came.ssi_code == SI_KERNEL};
}

}  // namespace yoke::bench
