#include "workers/kernels/fault_actions.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <system_error>

#include <unistd.h>

namespace yoke::kernels {
namespace {

[[noreturn]] void sleep_for_ever() {
  for (;;) ::pause();
}

void raise_signal(std::string_view, std::uint64_t number) {
  static_cast<void>(::kill(::getpid(), static_cast<int>(number)));
}

void leave(std::string_view, std::uint64_t status) { ::_exit(static_cast<int>(status)); }

void write_to_null(std::string_view, std::uint64_t) {
  volatile char* volatile nowhere = nullptr;
  *nowhere = 1;
}

void hang(std::string_view, std::uint64_t) { sleep_for_ever(); }

void hang_on(std::string_view, std::uint64_t) {
  std::signal(SIGTERM, SIG_IGN);
  sleep_for_ever();
}

void stop(std::string_view, std::uint64_t) { static_cast<void>(::raise(SIGSTOP)); }

void spin(std::string_view, std::uint64_t) {
  volatile std::uint64_t turns = 0;
  for (;;) turns = turns + 1;
}

void leak(std::string_view, std::uint64_t bytes) {
  static char* volatile kept = nullptr;  // the last of them; a compiler that sees no use would leave the allocation out
  kept = new char[bytes];
  std::memset(kept, 1, bytes);
}

void start_a_process(std::string_view, std::uint64_t) {
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child > 0) return;
  ::setsid();
  sleep_for_ever();
}

void throw_it(std::string_view argument, std::uint64_t) { throw std::runtime_error(std::string{argument}); }

void chatter(std::string_view, std::uint64_t bytes) {
  constexpr std::string_view line = "a worker has much to say, and says it again and again and again\n";
  for (std::uint64_t said = 0; said < bytes; said += line.size()) {
    if (::write(STDERR_FILENO, line.data(), line.size()) < 0) return;
  }
}

struct action {
  std::string_view name;
  void (*run)(std::string_view argument, std::uint64_t number);
};

constexpr std::array actions{
    action{"signal", raise_signal},  action{"exit", leave},     action{"null", write_to_null}, action{"hang", hang},
    action{"stubborn", hang_on},     action{"stop", stop},      action{"spin", spin},          action{"leak", leak},
    action{"fork", start_a_process}, action{"throw", throw_it}, action{"chatter", chatter},
};

}  // namespace

void act_out(std::string_view words) {
  const std::size_t blank = words.find(' ');
  const std::string_view name = words.substr(0, blank);
  const std::string_view argument = blank == std::string_view::npos ? std::string_view{} : words.substr(blank + 1);
  std::uint64_t number = 0;
  std::from_chars(argument.data(), argument.data() + argument.size(), number);
  for (const action& each : actions) {
    if (each.name == name) return each.run(argument, number);
  }
  throw std::invalid_argument("no such fault: " + std::string{name});
}

}  // namespace yoke::kernels
