#include "workers/supervisor.hpp"

#include "sys/clock.hpp"
#include "sys/crash_point.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"
#include "sys/socket.hpp"
#include "workers/crash_trace.hpp"
#include "workers/descendants.hpp"
#include "workers/process_worker.hpp"
#include "workers/worker_environment.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

constexpr auto never = std::chrono::nanoseconds::max();
constexpr std::chrono::nanoseconds shortest_nap = std::chrono::milliseconds{1};
constexpr std::chrono::nanoseconds longest_nap = std::chrono::seconds{1};
constexpr std::chrono::milliseconds patience_with_forks{200};
constexpr std::chrono::seconds longest_sweep{1};
constexpr std::chrono::milliseconds longest_sweep_of_groups{500};
constexpr std::chrono::milliseconds last_words_of_orphans{500};  // nobody is left to wait for more
constexpr std::chrono::seconds last_words_of_pool{4};

void empty_stdin() {
  file_descriptor nothing{retry_on_interrupt([] { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); })};
  if (!nothing) return;
  nothing = clear_of_standard_streams(std::move(nothing));
  ::dup2(nothing.get(), STDIN_FILENO);
}

}  // namespace

supervisor::supervisor(const worker_plan& plan, pid_t guardian)
    : plan_{plan},
      self_{::getpid()},
      guardian_{guardian},
      lanes_(plan.layout->shape().workers),
      respawn_{plan.layout->shape().workers},
      watch_items_{*plan.layout},
      inherited_{private_memory_of(self_)},
      watch_memory_{*plan.layout, plan.limits.memory, inherited_} {}

void supervisor::run() {
  settle();
  greet();
  if (plan_.limits.memory != 0) groups_.emplace(guardian_, lanes_.size(), plan_.limits.memory);
  start_first_workers();
  report();
  oom_kills_.emplace(monotonic_now());
  while (!(leaving_ && seat_of_.empty())) {
    watch();
    start_workers();
  }
  end_descendants(longest_sweep);
  if (groups_) lane_groups::sweep(guardian_, longest_sweep_of_groups);
  if (stderr_) stderr_->finish(orphaned_ ? last_words_of_orphans : last_words_of_pool);
}

void supervisor::settle() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != guardian_) ::_exit(exit_orphaned);
  check(::setpgid(0, 0), "setpgid for the supervisor");  // Ctrl-C is for the coordinator
  check(::prctl(PR_SET_CHILD_SUBREAPER, 1), "prctl(PR_SET_CHILD_SUBREAPER)");
  const std::array kept{plan_.news, plan_.orders, plan_.coordinator, plan_.home->descriptor()};
  close_descriptors_except(kept);
  empty_stdin();
  set_process_name("yoke-supervisor");
  reset_signals(std::array{SIGINT, SIGQUIT, SIGHUP, SIGTSTP, SIGTTOU, SIGPIPE});
  sigset_t watched;
  ::sigemptyset(&watched);
  ::sigaddset(&watched, SIGCHLD);
  check(::sigprocmask(SIG_BLOCK, &watched, nullptr), "sigprocmask for the supervisor");
  children_ = clear_of_standard_streams(
      file_descriptor{check(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd")});
  if (plan_.environment != nullptr) plan_.environment->apply();
  if (plan_.limits.traces) prepare_traces();
  if (!plan_.limits.direct_stderr) stderr_.emplace(STDERR_FILENO);
}

void supervisor::greet() {
  const file_descriptor guardian = pidfd_open(guardian_);
  const file_descriptor self = pidfd_open(self_);
  const std::array attached{guardian.get(), self.get()};
  send_message(plan_.orders, supervisor_report{guardian_, 0, 0}, attached);
}

void supervisor::report() {
  send_message(plan_.orders, supervisor_report{guardian_, static_cast<std::uint32_t>(seat_of_.size()), first_error_});
  if (seat_of_.empty()) leaving_ = true;
}

/// The process that this team was forked through counts against the limit on processes until the coordinator has taken
/// its status: a fork that fails at first may succeed a moment later.
void supervisor::start_first_workers() {
  start_workers();
  for (const auto end = monotonic_now() + patience_with_forks; seat_of_.empty() && monotonic_now() < end;) {
    const timespec nap = to_timespec(shortest_nap);
    ::nanosleep(&nap, nullptr);
    start_workers();
  }
}

void supervisor::start_workers() {
  // Those who leave because the queue is closing are not replaced, though the order to drain may come after they go.
  while (!leaving_ && !plan_.layout->coordinator().closing.load() && seat_of_.size() < plan_.layout->shape().workers &&
         respawn_.may_start(monotonic_now())) {
    if (!start_worker()) return;
  }
}

bool supervisor::start_worker() {
  const std::optional<std::uint32_t> index = take_seat();
  if (!index) return false;
  seat_control& control = plan_.layout->control(*index);
  const auto free_lane = std::find_if(lanes_.begin(), lanes_.end(), [](const lane& each) { return each.worker == 0; });
  const auto lane_index = static_cast<std::uint32_t>(free_lane - lanes_.begin());
  const memory_group* const group = groups_ ? groups_->of(lane_index) : nullptr;
  const std::uint64_t oom_kills_before = group != nullptr ? group->oom_kills() : 0;
  const stderr_relay::channel words = stderr_ ? stderr_->open() : stderr_relay::channel{};
  const pid_t pid = ::fork();
  if (pid == 0) {
    const auto life = seat_life::unpack(control.life.load(std::memory_order_relaxed));
    run_process_worker(plan_, {.seat = *index,
                               .incarnation = life.incarnation,
                               .lane = lane_index,
                               .supervisor = self_,
                               .words = words.end.get(),
                               .group = group});
  }
  if (pid < 0) {
    if (first_error_ == 0) first_error_ = errno;
    const auto life = seat_life::unpack(control.life.load(std::memory_order_relaxed));
    control.life.store(seat_life{seat_life::free, life.incarnation}.pack(), std::memory_order_release);
    respawn_.start_failed(monotonic_now(), seat_of_.size());
    if (stderr_) stderr_->close(words.name);
    return false;
  }
  reached(crash_point::worker_forked);
  static_cast<void>(::setpgid(pid, pid));
  control.pid.store(pid);
  seat_of_.emplace(pid, *index);
  *free_lane = {pid, words.name, monotonic_now(), oom_kills_before};
  return true;
}

std::optional<std::uint32_t> supervisor::take_seat() {
  const std::uint32_t seats = plan_.layout->shape().seats;
  supervisor_words& words = plan_.layout->supervisor();
  for (const bool last_look : {false, true}) {
    for (std::uint32_t step = 0; step < seats; ++step) {
      const std::uint32_t index = (next_seat_ + step) % seats;
      seat_control& control = plan_.layout->control(index);
      const auto life = seat_life::unpack(control.life.load(std::memory_order_acquire));
      if (life.what != seat_life::free) continue;
      const seat_life next{seat_life::live, state_word::next_incarnation(life.incarnation)};
      control.pid.store(0);
      control.cause.store(end_cause::own);
      control.stop_requested.store(false);
      control.born.store(monotonic_now().count());
      control.ended.store(0);
      new (&plan_.layout->obituary_of(index)) obituary{};
      control.life.store(next.pack(), std::memory_order_release);
      next_seat_ = index + 1;
      words.starved.store(false);
      return index;
    }
    if (!last_look) words.starved.store(true);
  }
  return std::nullopt;
}

std::chrono::nanoseconds supervisor::patience() const {
  const auto now = monotonic_now();
  auto next_look = std::min(watch_items_.next_look(now), watch_memory_.next_look());
  if (oom_kills_) next_look = std::min(next_look, oom_kills_->next_look());
  auto wait = next_look == never ? never : next_look - now;
  const bool short_of_workers = !leaving_ && seat_of_.size() < plan_.layout->shape().workers && !respawn_.broken();
  if (reap_again_) wait = std::min(wait, shortest_nap);
  if (short_of_workers) wait = std::min(wait, std::clamp(respawn_.not_before() - now, shortest_nap, longest_nap));
  return wait;
}

void supervisor::watch() {
  enum { children, orders, coordinator, words };
  std::array<pollfd, 4> watched{{{children_.get(), POLLIN, 0},
                                 {plan_.orders, POLLIN, 0},
                                 {plan_.coordinator, POLLIN, 0},
                                 {stderr_ ? stderr_->descriptor() : -1, stderr_ ? stderr_->events() : short{0}, 0}}};
  const auto wait = patience();
  const timespec limit = to_timespec(wait);
  if (::ppoll(watched.data(), watched.size(), wait == never ? nullptr : &limit, nullptr) < 0 && errno != EINTR) {
    throw_errno("ppoll in the supervisor");
  }
  if (watched[coordinator].revents != 0) {
    orphaned_ = true;
    kill_all();
  }
  if (watched[children].revents != 0 || reap_again_) {
    signalfd_siginfo ignored;
    while (::read(children_.get(), &ignored, sizeof ignored) > 0) {
    }
    reap();
    start_workers();  // before anything that takes longer
    kill_strays(seat_of_);
  }
  if (watched[orders].revents != 0) obey();
  const auto now = monotonic_now();
  watch_items_.look(now, seat_of_);
  watch_memory(now);
  if (oom_kills_) oom_kills_->look(now);
  if (stderr_ && watched[words].revents != 0) stderr_->pass_on();
}

void supervisor::obey() {
  supervisor_order order{};
  switch (receive_message(plan_.orders, order, nullptr, waiting::no)) {
    case packet_status::closed:
      kill_all();
      return;
    case packet_status::not_now:
      return;
    case packet_status::done:
      break;
  }
  switch (order.what) {
    case supervisor_order::kind::seat_freed:
      break;
    case supervisor_order::kind::drain:
      leaving_ = true;
      break;
    case supervisor_order::kind::kill:
      kill_all();
      break;
    case supervisor_order::kind::interrupt:
      interrupt(order);
      break;
    case supervisor_order::kind::look:
      break;
  }
}

void supervisor::interrupt(const supervisor_order& order) {
  for (const auto& [pid, seat_index] : seat_of_) {
    if (seat_index != order.seat) continue;
    const auto life = seat_life::unpack(plan_.layout->control(seat_index).life.load(std::memory_order_relaxed));
    if (life.incarnation != order.incarnation) return;
    watch_items_.interrupt(monotonic_now(), seat_index, pid, order.word);
    return;
  }
}

void supervisor::watch_memory(std::chrono::nanoseconds now) {
  if (!watch_memory_.is_due(now)) return;
  std::vector<memory_watch::subject> workers;
  for (std::size_t index = 0; index < lanes_.size(); ++index) {
    const pid_t worker = lanes_[index].worker;
    if (const auto seated = seat_of_.find(worker); seated != seat_of_.end()) {
      workers.push_back({.pid = worker, .seat = seated->second, .lane = index});
    }
  }
  watch_memory_.look(now, workers, groups_ ? &*groups_ : nullptr);
}

std::uint64_t supervisor::progress() const {
  std::uint64_t total = plan_.layout->coordinator().first_sends.load(std::memory_order_relaxed);
  for (std::uint32_t index = 0; index < plan_.layout->shape().seats; ++index) {
    total += plan_.layout->seat_at(index).done_tail.load(std::memory_order_relaxed);
  }
  return total;
}

void supervisor::kill_all() {
  leaving_ = true;
  for (const auto& [pid, seat_index] : seat_of_) {
    ::kill(-pid, SIGKILL);
    ::kill(pid, SIGKILL);  // its group may not exist yet
  }
}

void report_failure(const worker_plan& plan, pid_t guardian, int error) noexcept {
  try {
    send_message(plan.orders, supervisor_report{guardian, 0, error}, {}, waiting::no);
  } catch (...) {
    // Then the end of this process has to be enough.
  }
}

void run_supervisor(const worker_plan& plan, pid_t guardian) noexcept {
  try {
    supervisor{plan, guardian}.run();
  } catch (const std::system_error& lack) {
    report_failure(plan, guardian, lack.code().value());
    ::_exit(exit_internal);
  } catch (...) {
    ::_exit(exit_internal);  // workers die with it, and the coordinator sees its pidfd
  }
  ::_exit(0);
}

}  // namespace yoke::detail
