#include "workers/process_worker.hpp"

#include <yoke/detail/completion.hpp>

#include "engine/running_item.hpp"
#include "engine/worker_state.hpp"
#include "queue/worker_end.hpp"
#include "sys/crash_point.hpp"
#include "sys/process.hpp"
#include "workers/crash_trace.hpp"
#include "workers/leftovers.hpp"
#include "workers/retirement.hpp"

#include <array>
#include <chrono>
#include <csignal>

#include <sys/prctl.h>
#include <sys/time.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

constexpr std::chrono::nanoseconds never{0};

void tie_to(pid_t supervisor) {
  static_cast<void>(::setpgid(0, 0));
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != supervisor) ::_exit(exit_orphaned);
}

void protect(segment& home, const queue_layout& layout, std::uint32_t seat_index) {
  home.dont_fork();
  home.protect(0, home.size(), false);
  for (const queue_layout::range own :
       {layout.shared_range(), layout.seat_range(seat_index), layout.arena_range(seat_index), layout.arrays_range()}) {
    home.protect(own.offset, own.bytes, true);
  }
}

/// ring_after has SIGALRM come when `time` is over; 0 is never.
void ring_after(std::chrono::nanoseconds time) {
  const auto micros = std::chrono::ceil<std::chrono::microseconds>(time).count();
  const itimerval timer{.it_interval = {}, .it_value = {.tv_sec = micros / 1'000'000, .tv_usec = micros % 1'000'000}};
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

/// end_when_over has it end this process, whatever tasks did to signals.
void end_when_over(std::chrono::nanoseconds time, bool traced) {
  std::signal(SIGALRM, SIG_DFL);
  if (traced) trace_signal(SIGALRM);
  sigset_t alarm;
  ::sigemptyset(&alarm);
  ::sigaddset(&alarm, SIGALRM);
  ::sigprocmask(SIG_UNBLOCK, &alarm, nullptr);
  ring_after(time);
}

}  // namespace

void run_process_worker(const worker_plan& plan, const worker_post& post) noexcept {
  // Before the tie: a coordinator that finds the supervisor dead waits for every pid it knows.
  plan.layout->control(post.seat).pid.store(::getpid());
  tie_to(post.supervisor);
  running_item::forget_inherited();
  completion_list::forget_inherited();
  reached(crash_point::born);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // what a task leaves behind stays a descendant of its worker
  if (post.words >= 0) ::dup2(post.words, STDERR_FILENO);
  const std::array kept{plan.news, plan.home->descriptor()};
  close_descriptors_except(kept);
  set_process_name("yoke-worker");
  reset_signals(std::array{SIGINT});  // the coordinator decides what Ctrl-C means
  if (plan.limits.traces) trace_signals();
  protect(*plan.home, *plan.layout, post.seat);
  if (plan.lent != nullptr) plan.lent->home().dont_fork();

  const bool grouped = post.group != nullptr && post.group->join();
  apply_limits(plan.limits, post.lane, grouped);

  worker_end end{*plan.layout,
                 *plan.home,
                 post.seat,
                 post.incarnation,
                 {.news = plan.news, .worker = ::getpid(), .own_process = true, .code = plan.code}};
  worker_state state;
  const worker_state::present here{state};
  const bool hurries = plan.hooks.initializer.entry != nullptr && plan.hooks.initializer_deadline != never;
  if (hurries) end_when_over(plan.hooks.initializer_deadline, plan.limits.traces);
  if (!end.begin(plan.hooks.initializer)) ::_exit(exit_not_begun);
  if (hurries) ring_after(never);

  retirement age{plan.limits};
  leftovers left_behind;
  bool retires = false;
  while (!retires) {
    const bool has_run = end.run_claimed(age.most_chunks(end.items_run())) > 0;
    if (!has_run && !end.wait()) break;
    retires = end.is_stale() || age.due(end.items_run()) || left_behind.too_much(has_run);
  }
  end.leave();
  end_when_over(plan.hooks.finalizer_deadline, plan.limits.traces);
  end.depart(plan.hooks.finalizer);
  state.clear();
  flush_output();
  ::_exit(retires ? exit_retired : 0);
}

}  // namespace yoke::detail
