#include "workers/crash_trace.hpp"

#include <array>
#include <csignal>
#include <cstddef>
#include <cstring>

#include <execinfo.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

constexpr int most_calls = 64;
constexpr int own_calls = 2;  // the handler, and the C library's return from it
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
  for (int call = depth - 1; call >= own_calls; --call) {
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
  stack_t stack{};
  stack.ss_sp = stack_of_handler.data();
  stack.ss_size = stack_of_handler.size();
  ::sigaltstack(&stack, nullptr);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTERM, SIGALRM}) trace_signal(signal);
}

}  // namespace yoke::detail
