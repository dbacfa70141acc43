#include "workers/crash_trace.hpp"

#include "workers/call_place.hpp"

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

constexpr int most_calls = 64;
constexpr int own_calls = 2;           // the handler, and the C library's return from it
constexpr unsigned longest_trace = 2;  // seconds
constexpr std::size_t stack_bytes = std::size_t{64} << 10;

using calls_inside = std::array<void*, most_calls>;

int outer_calls = 0;         // those that every task is called from
pid_t thread_of_tasks = -1;  // which has them

/// Where abort() is: how it does what it does is not worth telling.
std::uintptr_t abort_begin = 0;
std::uintptr_t abort_end = 0;

volatile std::sig_atomic_t ending_signal = 0;

alignas(64) std::array<std::byte, stack_bytes> stack_of_handler;

/// line is a line of a trace, written at once. What does not fit is left out.
class line {
 public:
  line& add(std::string_view text) {
    used_ += text.copy(text_.data() + used_, text_.size() - 1 - used_);
    return *this;
  }

  line& add(std::uintptr_t number, unsigned base) {
    std::array<char, 20> digits;
    std::size_t at = digits.size();
    do {
      digits[--at] = "0123456789abcdef"[number % base];
      number /= base;
    } while (number != 0);
    return add({&digits[at], digits.size() - at});
  }

  void write() {
    text_[used_++] = '\n';
    static_cast<void>(::write(STDERR_FILENO, text_.data(), used_) == 0);
  }

 private:
  std::array<char, 2048> text_;
  std::size_t used_ = 0;
};

void write_call(std::uintptr_t address) {
  const call_place place = place_of(address);
  line text;
  if (place.file != nullptr) {
    text.add(place.file).add("(").add(place.function != nullptr ? place.function : "").add("+0x");
    text.add(place.offset, 16).add(")");
  }
  text.add("[0x").add(address, 16).add("]").write();
}

/// call_at is the address of a call, or of what the signal interrupted. What a call returns to may be another function.
std::uintptr_t call_at(const calls_inside& calls, int call) {
  const auto address = reinterpret_cast<std::uintptr_t>(calls[static_cast<std::size_t>(call)]);
  return call == own_calls ? address : address - 1;
}

/// innermost_of returns the innermost call worth telling.
int innermost_of(const calls_inside& calls, int depth) {
  for (int call = own_calls; call < depth; ++call) {
    const std::uintptr_t address = call_at(calls, call);
    if (address >= abort_begin && address < abort_end) return call;
  }
  return own_calls;
}

/// Any thread may get the alarm. The signal's action is the default one since its handler was called.
void end_anyway(int /*alarm*/) {
  sigset_t ending;
  ::sigemptyset(&ending);
  ::sigaddset(&ending, ending_signal);
  ::pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);
  ::raise(ending_signal);
}

/// end_even_if_stuck has the signal that is handled end this process, too, when the handler cannot: where nobody reads
/// standard error, say.
void end_even_if_stuck(int signal) {
  ending_signal = signal;
  struct sigaction action {};
  action.sa_handler = end_anyway;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGALRM, &action, nullptr);
  sigset_t alarm;
  ::sigemptyset(&alarm);
  ::sigaddset(&alarm, SIGALRM);
  ::alarm(longest_trace);
  ::pthread_sigmask(SIG_UNBLOCK, &alarm, nullptr);
}

/// Nothing here takes a lock: not backtrace() either, after its first call. Whoever holds one may wait for this thread.
void write_trace(int signal) {
  end_even_if_stuck(signal);
  calls_inside calls{};
  const int depth = ::backtrace(calls.data(), most_calls);
  const char* const name = ::sigabbrev_np(signal);
  const auto self = static_cast<std::uintptr_t>(::getpid());
  line{}
      .add("yoke: worker ")
      .add(self, 10)
      .add(" is ended by SIG")
      .add(name != nullptr ? name : "?")
      .add(" in these calls, the innermost last:")
      .write();
  const bool calls_tasks = ::gettid() == thread_of_tasks;
  const int outermost = calls_tasks && depth < most_calls ? depth - outer_calls : depth;
  const int innermost = signal == SIGABRT ? innermost_of(calls, depth) : own_calls;
  for (int call = outermost - 1; call >= innermost; --call) write_call(call_at(calls, call));
  // The first line may be lost: only the last words are kept.
  line{}.add("yoke: worker ").add(self, 10).add(" was in these calls").write();
  ::raise(signal);  // comes when the handler returns, and finds the default action
}

}  // namespace

void prepare_traces() {
  void* here = nullptr;
  ::backtrace(&here, 1);
  void* const function = ::dlsym(RTLD_DEFAULT, "abort");
  Dl_info found{};
  void* symbol = nullptr;
  if (function == nullptr || ::dladdr1(function, &found, &symbol, RTLD_DL_SYMENT) == 0 || symbol == nullptr) return;
  abort_begin = reinterpret_cast<std::uintptr_t>(function);
  abort_end = abort_begin + static_cast<const ElfW(Sym)*>(symbol)->st_size;
}

void trace_signal(int signal) {
  struct sigaction action {};
  action.sa_handler = write_trace;
  action.sa_flags = SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  ::sigfillset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

void trace_signals() {
  calls_inside calls{};
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
