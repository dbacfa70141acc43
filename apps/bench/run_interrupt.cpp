#include "bench/run_interrupt.hpp"

#include "common/command_error.hpp"

#include <unistd.h>

namespace yoke::cli {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void on_signal(int /*signal*/) {
  if (interrupted.exchange(true)) ::_exit(static_cast<int>(exit_status::interrupted));
}

/// A signal that is ignored is meant for somebody else: a shell's background job.
void watch(int signal, struct sigaction& before) {
  if (::sigaction(signal, nullptr, &before) != 0) throw io_error{"cannot watch for Ctrl-C: " + errno_text()};
  if (before.sa_handler == SIG_IGN) return;
  struct sigaction action {};
  action.sa_handler = &on_signal;
  sigemptyset(&action.sa_mask);
  static_cast<void>(::sigaction(signal, &action, nullptr));
}

}  // namespace

run_interrupt::run_interrupt() {
  interrupted = false;
  watch(SIGINT, interrupt_before_);
  watch(SIGTERM, terminate_before_);
}

run_interrupt::~run_interrupt() {
  static_cast<void>(::sigaction(SIGINT, &interrupt_before_, nullptr));
  static_cast<void>(::sigaction(SIGTERM, &terminate_before_, nullptr));
}

const std::atomic<bool>& run_interrupt::flag() { return interrupted; }

}  // namespace yoke::cli
