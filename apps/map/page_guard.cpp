#include "map/page_guard.hpp"

#include "common/command_error.hpp"

#include <cerrno>
#include <cstdint>

#include <sys/mman.h>
#include <unistd.h>

namespace yoke::cli {
namespace {

thread_local constinit page_guard* innermost = nullptr;
std::size_t page = 4096;

}  // namespace

page_guard::page_guard(const char* data, std::size_t size) : data_{data}, size_{size}, outer_{innermost} {
  install();
  innermost = this;
}

page_guard::~page_guard() { innermost = outer_; }

void page_guard::install() {
  static const bool done = [] {
    page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    struct sigaction action {};
    action.sa_sigaction = &on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    if (::sigaction(SIGBUS, &action, nullptr) != 0) throw io_error{"cannot guard mapped files: " + errno_text()};
    return true;
  }();
  static_cast<void>(done);
  // Worker threads block all signals, and a blocked SIGBUS ends the process whatever its handler.
  thread_local const bool unblocked = [] {
    sigset_t bus_error;
    sigemptyset(&bus_error);
    sigaddset(&bus_error, SIGBUS);
    return ::pthread_sigmask(SIG_UNBLOCK, &bus_error, nullptr) == 0;
  }();
  static_cast<void>(unblocked);
}

/// Runs in a signal handler: system calls only.
void page_guard::on_bus_error(int signal, siginfo_t* info, void* /*context*/) {
  const int error = errno;
  page_guard* const guard = innermost;
  const auto at = reinterpret_cast<std::uintptr_t>(info->si_addr);
  const auto begin = guard != nullptr ? reinterpret_cast<std::uintptr_t>(guard->data_) : 0;
  const bool ours = guard != nullptr && at >= begin && at - begin < guard->size_;
  void* const missing = reinterpret_cast<void*>(at / page * page);
  if (ours && ::mmap(missing, page, PROT_READ, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED) {
    guard->tripped_ = 1;
  } else {
    ::signal(signal, SIG_DFL);  // the read is repeated, and ends the process as it would have without us
  }
  errno = error;
}

}  // namespace yoke::cli
