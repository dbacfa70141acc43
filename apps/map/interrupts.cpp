#include "map/interrupts.hpp"

#include "common/command_error.hpp"

#include <atomic>
#include <utility>

#include <unistd.h>

namespace yoke::cli {
namespace {

std::atomic<detail::job*> interrupted_job{nullptr};
static_assert(std::atomic<detail::job*>::is_always_lock_free);

/// The job is taken by the first signal; the second finds none.
void on_interrupt(int /*signal*/) {
  if (detail::job* const work = interrupted_job.exchange(nullptr)) {
    work->request_cancel();
  } else {
    ::_exit(static_cast<int>(exit_status::interrupted));
  }
}

}  // namespace

interrupts::interrupts(detail::job& work) {
  interrupted_job = &work;
  if (::sigaction(SIGINT, nullptr, &before_) != 0) throw io_error{"cannot watch for Ctrl-C: " + errno_text()};
  if (before_.sa_handler == SIG_IGN) return;  // a shell's background job: Ctrl-C is meant for somebody else
  struct sigaction action {};
  action.sa_handler = &on_interrupt;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  static_cast<void>(::sigaction(SIGINT, &action, nullptr));
}

interrupts::~interrupts() {
  interrupted_job = nullptr;
  static_cast<void>(::sigaction(SIGINT, &before_, nullptr));
}

}  // namespace yoke::cli
