#include <yoke/interrupt_guard.hpp>

#include "sys/error.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <stdexcept>

#include <sched.h>
#include <unistd.h>

namespace yoke {
inline namespace v0 {
namespace {

constexpr std::size_t most_guards = 64;

/// What the handler reads. A core is taken out before its pool goes, and the handler is waited for then.
std::array<std::atomic<detail::pool_core*>, most_guards> watched_cores{};
std::atomic<bool> came{false};
std::atomic<int> handling{0};
std::atomic<pid_t> owner{0};
static_assert(std::atomic<detail::pool_core*>::is_always_lock_free && std::atomic<pid_t>::is_always_lock_free);

/// Guards the rest: whose place is whose, and who comes first and goes last.
std::mutex guards_lock;
std::array<std::uint64_t, most_guards> tickets{};  // 0: the place is free
std::uint64_t last_ticket = 0;
std::size_t guards = 0;
struct sigaction before {};

void end_as_without_handler(const struct sigaction& action) {
  ::sigaction(SIGINT, &action, nullptr);
  ::raise(SIGINT);  // it is blocked until the handler returns
}

void on_interrupt(int /*signal*/) {
  const int error = errno;
  ++handling;
  if (owner != ::getpid()) {
    end_as_without_handler(before);
  } else if (came.exchange(true)) {
    struct sigaction fatal {};
    fatal.sa_handler = SIG_DFL;
    end_as_without_handler(fatal);
  } else {
    for (const auto& place : watched_cores) {
      if (detail::pool_core* const core = place) core->interrupt();
    }
  }
  --handling;
  errno = error;
}

void watch_sigint() {
  came = false;
  owner = ::getpid();
  detail::check(::sigaction(SIGINT, nullptr, &before), "sigaction of SIGINT");
  if (before.sa_handler == SIG_IGN) return;
  struct sigaction ours {};
  ours.sa_handler = &on_interrupt;
  ours.sa_flags = SA_RESTART;
  ::sigemptyset(&ours.sa_mask);
  detail::check(::sigaction(SIGINT, &ours, nullptr), "sigaction of SIGINT");
}

/// Takes a core out of its place, and returns it, when no handler looks at it any more.
detail::pool_core* clear(std::size_t place) {
  tickets[place] = 0;
  detail::pool_core* const core = watched_cores[place].exchange(nullptr);
  while (handling != 0) ::sched_yield();
  return core;
}

}  // namespace

interrupt_guard::interrupt_guard(pool& watched) {
  detail::pool_core& core = watched.core();
  const std::lock_guard lock{guards_lock};
  const auto ticket = std::ranges::find(tickets, 0U);
  if (ticket == tickets.end()) throw std::length_error{"yoke: more than 64 interrupt_guards live at a time"};
  if (guards == 0) watch_sigint();
  ++guards;
  *ticket = ticket_ = ++last_ticket;
  watched_cores[static_cast<std::size_t>(ticket - tickets.begin())] = &core;
  if (came) core.interrupt();  // the handler may have looked at the place before
}

interrupt_guard::~interrupt_guard() {
  if (owner != ::getpid()) return;  // a fork copies neither those who hold the lock nor, for certain, the pool
  const std::lock_guard lock{guards_lock};
  const auto ticket = std::ranges::find(tickets, ticket_);
  if (ticket != tickets.end()) clear(static_cast<std::size_t>(ticket - tickets.begin()))->resume();
  if (--guards == 0) static_cast<void>(::sigaction(SIGINT, &before, nullptr));
}

bool interrupt_guard::interrupted() noexcept { return came; }

}  // namespace v0

void detail::forget_interrupts(const pool_core& gone) noexcept {
  const std::lock_guard lock{guards_lock};
  for (std::size_t place = 0; place < most_guards; ++place) {
    if (watched_cores[place] == &gone) clear(place);
  }
}

}  // namespace yoke
