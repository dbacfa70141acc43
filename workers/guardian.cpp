#include "workers/guardian.hpp"

#include "sys/error.hpp"
#include "sys/process.hpp"
#include "workers/descendants.hpp"
#include "workers/lane_groups.hpp"
#include "workers/supervisor.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

constexpr std::chrono::seconds longest_sweep{1};

void guard(pid_t supervisor, bool has_groups) {
  set_process_name("yoke-guardian");
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(stream);
  close_descriptors_except({});  // nobody may find a socket or pipe open because of this process
  siginfo_t dead{};
  while (::waitid(P_PID, static_cast<id_t>(supervisor), &dead, WEXITED) != 0 && errno != ECHILD) {
  }
  end_descendants(longest_sweep);
  if (has_groups) lane_groups::sweep(::getpid(), longest_sweep);
}

}  // namespace

void run_team(const worker_plan& plan) noexcept {
  try {
    check(::setpgid(0, 0), "setpgid for the guardian");  // Ctrl-C is for the coordinator
    check(::prctl(PR_SET_CHILD_SUBREAPER, 1), "prctl(PR_SET_CHILD_SUBREAPER)");
    // All other signals stay blocked, as they were when this process was forked.
    std::signal(SIGCHLD, SIG_DFL);
    const pid_t self = ::getpid();
    const pid_t supervisor = check(::fork(), "fork of the supervisor");
    if (supervisor == 0) run_supervisor(plan, self);
    guard(supervisor, plan.limits.memory != 0);
  } catch (const std::system_error& lack) {
    report_failure(plan, ::getpid(), lack.code().value());
    ::_exit(exit_internal);
  } catch (...) {
    ::_exit(exit_internal);
  }
  ::_exit(0);
}

}  // namespace yoke::detail
