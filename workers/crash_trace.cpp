#include "workers/crash_trace.hpp"

#include <array>
#include <csignal>
#include <cstddef>
#include <cstring>

#include <dlfcn.h>
#include <execinfo.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

constexpr int most_calls = 64;
constexpr int own_calls = 2;  // the handler, and the C library's return from it
int outer_calls = 0;          // those that every task is called from
pid_t thread_of_tasks = -1;   // which has them; threads that tasks start have not
constexpr std::size_t stack_bytes = std::size_t{64} << 10;

alignas(64) std::array<std::byte, stack_bytes> stack_of_handler;

void write_text(const char* text) { static_cast<void>(::write(STDERR_FILENO, text, std::strlen(text)) == 0); }

void write_number(pid_t number) {
  std::array<char, 12> digits{};
  std::size_t at = digits.size() - 1;
  do {
    digits[--at] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  write_text(&digits[at]);
}

/// innermost_of returns the innermost call worth telling: how abort() does what it does is not.
int innermost_of(const std::array<void*, most_calls>& calls, int depth, int signal) {
  for (int call = own_calls; signal == SIGABRT && call < depth; ++call) {
    Dl_info found{};
    const bool known = ::dladdr(calls[static_cast<std::size_t>(call)], &found) != 0 && found.dli_sname != nullptr;
    if (known && std::strcmp(found.dli_sname, "abort") == 0) return call;
  }
  return own_calls;
}

/// Nothing but async-signal-safe functions, and backtrace(), which is one after its first call.
void write_trace(int signal) {
  std::array<void*, most_calls> calls{};
  const int depth = ::backtrace(calls.data(), most_calls);
  write_text("yoke: worker ");
  write_number(::getpid());
  write_text(" is ended by SIG");
  const char* const name = ::sigabbrev_np(signal);
  write_text(name != nullptr ? name : "?");
  write_text(" in these calls, the innermost last:\n");
  const bool calls_tasks = ::gettid() == thread_of_tasks;
  const int outermost = calls_tasks && depth < most_calls ? depth - outer_calls : depth;
  for (int call = outermost - 1, last = innermost_of(calls, depth, signal); call >= last; --call) {
    ::backtrace_symbols_fd(&calls[static_cast<std::size_t>(call)], 1, STDERR_FILENO);
  }
  ::raise(signal);  // comes when the handler returns, and finds the default action
}

}  // namespace

void prepare_traces() {
  void* here = nullptr;
  ::backtrace(&here, 1);
}

void trace_signal(int signal) {
  struct sigaction action {};
  action.sa_handler = write_trace;
  action.sa_flags = SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  ::sigfillset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

void trace_signals() {
  std::array<void*, most_calls> calls{};
  const int depth = ::backtrace(calls.data(), most_calls);
  outer_calls = depth < most_calls ? depth - 1 : 0;  // without this function
  thread_of_tasks = ::gettid();
  stack_t stack{};
  stack.ss_sp = stack_of_handler.data();
  stack.ss_size = stack_of_handler.size();
  ::sigaltstack(&stack, nullptr);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTERM, SIGALRM}) trace_signal(signal);
}

}  // namespace yoke::detail
