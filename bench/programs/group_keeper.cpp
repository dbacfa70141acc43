#include "bench/programs/group_keeper.hpp"

#include "sys/error.hpp"
#include "sys/process.hpp"

#include <csignal>
#include <set>

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke::bench {
namespace {

/// An order is a group to keep, or minus one to forget. There are no more when the other end has gone.
void obey(int orders) {
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);  // a Ctrl-C is not meant for it
  detail::set_process_name("yoke-keeper");
  const int kept[]{orders};
  detail::close_descriptors_except(kept);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(stream);
  std::set<pid_t> groups;
  pid_t order = 0;
  while (detail::retry_on_interrupt([&] { return ::recv(orders, &order, sizeof order, 0); }) == sizeof order) {
    if (order > 0) groups.insert(order);
    if (order < 0) groups.erase(-order);
  }
  for (const pid_t group : groups) ::kill(-group, SIGKILL);
}

}  // namespace

group_keeper::group_keeper() {
  int ends[2];
  detail::check(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), "socketpair for a keeper");
  orders_.reset(ends[0]);
  const detail::file_descriptor heard{ends[1]};
  pid_ = detail::check(::fork(), "fork of a keeper");
  if (pid_ != 0) return;
  try {
    obey(heard.get());
  } catch (...) {
    ::_exit(1);
  }
  ::_exit(0);
}

group_keeper::~group_keeper() {
  ::kill(pid_, SIGKILL);
  (void)detail::retry_on_interrupt([&] { return ::waitpid(pid_, nullptr, 0); });
}

void group_keeper::keep(pid_t group) const { ::send(orders_.get(), &group, sizeof group, MSG_NOSIGNAL); }

void group_keeper::forget(pid_t group) const { keep(-group); }

}  // namespace yoke::bench
