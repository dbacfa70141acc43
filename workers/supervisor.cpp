#include "workers/supervisor.hpp"

#include "sys/clock.hpp"
#include "sys/crash_point.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"
#include "sys/socket.hpp"
#include "workers/process_worker.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

// A parallel library inside a task would start one thread per CPU in every worker.
constexpr std::array thread_caps{"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
                                 "NUMEXPR_NUM_THREADS"};

constexpr auto never = std::chrono::nanoseconds::max();
constexpr std::chrono::nanoseconds shortest_nap = std::chrono::milliseconds{1};
constexpr std::chrono::nanoseconds longest_nap = std::chrono::seconds{1};
constexpr std::chrono::seconds longest_sweep{1};

void empty_stdin() {
  const file_descriptor nothing{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  if (nothing) ::dup2(nothing.get(), STDIN_FILENO);
}

}  // namespace

supervisor::supervisor(const worker_plan& plan)
    : plan_{plan}, self_{::getpid()}, lanes_(plan.layout->shape().workers), watch_items_{*plan.layout} {}

void supervisor::run() {
  settle();
  start_workers();
  report();
  while (!(leaving_ && seat_of_.empty())) {
    watch();
    start_workers();
  }
  sweep_descendants();
}

void supervisor::settle() {
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
  children_ = file_descriptor{check(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd")};
  for (const char* cap : thread_caps) ::setenv(cap, "1", 0);
}

void supervisor::report() {
  const file_descriptor self = pidfd_open(self_);
  const std::array attached{self.get()};
  const supervisor_report hello{self_, static_cast<std::uint32_t>(seat_of_.size()), first_error_};
  send_message(plan_.orders, hello, attached);
  if (seat_of_.empty()) leaving_ = true;
}

void supervisor::start_workers() {
  while (!leaving_ && seat_of_.size() < plan_.layout->shape().workers && respawn_.may_start(monotonic_now())) {
    if (!start_worker()) return;
  }
}

bool supervisor::start_worker() {
  const std::optional<std::uint32_t> index = take_seat();
  if (!index) return false;
  seat_control& control = plan_.layout->control(*index);
  const auto lane = std::find(lanes_.begin(), lanes_.end(), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    const auto life = seat_life::unpack(control.life.load(std::memory_order_relaxed));
    run_process_worker(plan_, *index, life.incarnation, static_cast<std::uint32_t>(lane - lanes_.begin()), self_);
  }
  if (pid < 0) {
    if (first_error_ == 0) first_error_ = errno;
    const auto life = seat_life::unpack(control.life.load(std::memory_order_relaxed));
    control.life.store(seat_life{seat_life::free, life.incarnation}.pack(), std::memory_order_release);
    respawn_.start_failed(monotonic_now(), seat_of_.size());
    return false;
  }
  reached(crash_point::worker_forked);
  static_cast<void>(::setpgid(pid, pid));
  control.pid.store(pid);
  seat_of_.emplace(pid, *index);
  *lane = pid;
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
  auto wait = watch_items_.next_look(now) == never ? never : watch_items_.next_look(now) - now;
  const bool short_of_workers = !leaving_ && seat_of_.size() < plan_.layout->shape().workers && !respawn_.broken();
  if (short_of_workers) wait = std::min(wait, std::clamp(respawn_.not_before() - now, shortest_nap, longest_nap));
  return wait;
}

void supervisor::watch() {
  enum { children, orders, coordinator };
  std::array<pollfd, 3> watched{
      {{children_.get(), POLLIN, 0}, {plan_.orders, POLLIN, 0}, {plan_.coordinator, POLLIN, 0}}};
  const auto wait = patience();
  const timespec limit = to_timespec(wait);
  if (::ppoll(watched.data(), watched.size(), wait == never ? nullptr : &limit, nullptr) < 0 && errno != EINTR) {
    throw_errno("ppoll in the supervisor");
  }
  if (watched[coordinator].revents != 0) kill_all();
  if (watched[children].revents != 0) {
    signalfd_siginfo ignored;
    while (::read(children_.get(), &ignored, sizeof ignored) > 0) {
    }
    reap();
  }
  if (watched[orders].revents != 0) obey();
  watch_items_.look(monotonic_now(), seat_of_);
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

void supervisor::reap() {
  for (;;) {
    siginfo_t dead{};
    if (::waitid(P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT) != 0 || dead.si_pid == 0) return;
    const auto worker = seat_of_.find(dead.si_pid);
    // Not reaped yet, the dead worker still owns its group's number: the kill hits its children and nobody else.
    if (worker != seat_of_.end()) ::kill(-dead.si_pid, SIGKILL);
    ::waitid(P_PID, static_cast<id_t>(dead.si_pid), &dead, WEXITED | WNOHANG);
    if (worker == seat_of_.end()) continue;
    const std::uint32_t seat_index = worker->second;
    seat_of_.erase(worker);
    watch_items_.forget(dead.si_pid);
    std::replace(lanes_.begin(), lanes_.end(), dead.si_pid, 0);
    reached(crash_point::death_seen);
    mark_dead(seat_index, dead);
  }
}

void supervisor::mark_dead(std::uint32_t seat_index, const siginfo_t& dead) {
  const bool exited = dead.si_code == CLD_EXITED;
  if (!exited || dead.si_status != exit_retired) respawn_.died(monotonic_now(), commits());
  supervisor_words& words = plan_.layout->supervisor();
  seat_control& control = plan_.layout->control(seat_index);
  control.signal.store(exited ? 0 : dead.si_status, std::memory_order_relaxed);
  control.exit_status.store(exited ? dead.si_status : 0, std::memory_order_relaxed);
  if (!exited && dead.si_status == SIGKILL && control.cause.load() == end_cause::own && oom_kills_.rose()) {
    control.cause.store(end_cause::memory);
  }
  const auto life = seat_life::unpack(control.life.load(std::memory_order_relaxed));
  control.life.store(seat_life{seat_life::dead, life.incarnation}.pack(), std::memory_order_release);
  if (respawn_.broken()) words.broken.store(true);
  words.deaths.fetch_add(1);
  plan_.layout->claims().bell.ring_for_the_dead(plan_.news);
}

std::uint64_t supervisor::commits() const {
  std::uint64_t total = 0;
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

void supervisor::sweep_descendants() {
  const std::string list = "/proc/self/task/" + std::to_string(self_) + "/children";
  for (const auto end = monotonic_now() + longest_sweep; monotonic_now() < end;) {
    std::ifstream children{list};
    pid_t child = 0;
    while (children >> child) ::kill(child, SIGKILL);
    siginfo_t dead{};
    if (::waitid(P_ALL, 0, &dead, WEXITED) != 0) return;  // ECHILD: none left
  }
}

void run_supervisor(const worker_plan& plan) noexcept {
  try {
    supervisor{plan}.run();
  } catch (...) {
    ::_exit(exit_internal);  // workers die with it, and the coordinator sees its pidfd
  }
  ::_exit(0);
}

}  // namespace yoke::detail
