#include "workers/descendants.hpp"

#include "sys/clock.hpp"

#include <cerrno>
#include <csignal>
#include <fstream>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace yoke::detail {

void kill_strays(const std::unordered_map<pid_t, std::uint32_t>& workers) {
  const std::string self = std::to_string(::getpid());
  std::ifstream children{"/proc/self/task/" + self + "/children"};
  pid_t child = 0;
  while (children >> child) {
    if (!workers.contains(child)) ::kill(child, SIGKILL);  // not reaped yet, so the number is still its own
  }
}

void end_descendants(std::chrono::nanoseconds at_most) {
  sigset_t death;
  ::sigemptyset(&death);
  ::sigaddset(&death, SIGCHLD);
  for (const auto end = monotonic_now() + at_most; monotonic_now() < end;) {
    kill_strays({});
    siginfo_t dead{};
    if (::waitid(P_ALL, 0, &dead, WEXITED | WNOHANG) != 0 && errno == ECHILD) return;
    if (dead.si_pid != 0) continue;
    const timespec pause = to_timespec(std::chrono::milliseconds{10});
    ::sigtimedwait(&death, nullptr, &pause);
  }
}

}  // namespace yoke::detail
