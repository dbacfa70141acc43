#include "map/interrupts.hpp"

#include "common/command_error.hpp"
#include "common/without_sigpipe.hpp"
#include "map/progress.hpp"

#include <atomic>
#include <cerrno>
#include <string_view>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace yoke::cli {
namespace {

std::atomic<detail::job*> interrupted_job{nullptr};
static_assert(std::atomic<detail::job*>::is_always_lock_free);

std::atomic<bool> wipes_line{false};

/// say says what can be said without waiting for whoever reads standard error. Async-signal-safe.
void say(std::string_view text) {
  pollfd taker{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&taker, 1, 0) != 1 || (taker.revents & POLLOUT) == 0) return;
  const without_sigpipe unheard;
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

/// The job is taken by the first signal; the second finds none.
void on_interrupt(int /*signal*/) {
  const int before = errno;
  if (detail::job* const work = interrupted_job.exchange(nullptr)) {
    work->request_cancel();
    if (wipes_line) say(progress_wipe);
    say("yoke map: finishing the blocks under way; Ctrl-C again ends at once\n");
    errno = before;
  } else {
    ::_exit(static_cast<int>(exit_status::interrupted));
  }
}

}  // namespace

interrupts::interrupts(detail::job& work, bool shows_progress) {
  wipes_line = shows_progress;
  interrupted_job = &work;
  if (::sigaction(SIGINT, nullptr, &before_) != 0) throw io_error{"cannot watch for Ctrl-C: " + errno_text()};
  if (before_.sa_handler == SIG_IGN) return;  // a shell's background job: Ctrl-C is meant for somebody else
  struct sigaction action {};
  action.sa_handler = &on_interrupt;
  action.sa_flags = static_cast<int>(SA_RESTART | SA_NODEFER);  // the second is heard while the first is handled
  sigemptyset(&action.sa_mask);
  static_cast<void>(::sigaction(SIGINT, &action, nullptr));
}

interrupts::~interrupts() {
  interrupted_job = nullptr;
  static_cast<void>(::sigaction(SIGINT, &before_, nullptr));
}

}  // namespace yoke::cli
