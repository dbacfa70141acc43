#include "sys/clock.hpp"
#include "sys/crash_point.hpp"
#include "workers/supervisor.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <utility>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

constexpr std::chrono::milliseconds settled_in{100};  // a worker that has lived as long can be born

/// The system call itself, as it alone tells what one child used. Zeros where the child is not there.
rusage reap_child(pid_t child, siginfo_t& dead) {
  rusage used{};
  if (::syscall(SYS_waitid, P_PID, child, &dead, WEXITED | WNOHANG, &used) != 0) {
    ::waitid(P_PID, static_cast<id_t>(child), &dead, WEXITED | WNOHANG);
  }
  return used;
}

/// was_killed is true of a death that may have come from outside.
bool was_killed(const siginfo_t& dead) {
  return dead.si_code != CLD_EXITED && (dead.si_status == SIGKILL || dead.si_status == SIGTERM);
}

std::int64_t nanoseconds(const timeval& time) {
  return (std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{std::chrono::microseconds{time.tv_usec}})
      .count();
}

}  // namespace

void supervisor::reap() {
  reap_again_ = false;
  for (;;) {
    siginfo_t dead{};
    if (::waitid(P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT) != 0) {
      reap_again_ = errno != ECHILD;
      return;
    }
    if (dead.si_pid == 0) return;
    const auto worker = seat_of_.find(dead.si_pid);
    // Not reaped yet, the dead worker still owns its group's number: the kill hits its children and nobody else.
    if (worker != seat_of_.end()) ::kill(-dead.si_pid, SIGKILL);
    const std::uint32_t seat_index = worker != seat_of_.end() ? worker->second : 0;
    lane left;
    if (worker != seat_of_.end()) left = end_lane_of(dead.si_pid, plan_.layout->obituary_of(seat_index));
    const rusage used = reap_child(dead.si_pid, dead);
    if (worker == seat_of_.end()) continue;
    seat_of_.erase(worker);
    watch_items_.forget(dead.si_pid);
    reached(crash_point::death_seen);
    count_death(seat_index, dead, left.born);
    mark_dead(seat_index, dead, used, left.out_of_memory);
  }
}

supervisor::lane supervisor::end_lane_of(pid_t worker, obituary& record) {
  for (std::size_t index = 0; index < lanes_.size(); ++index) {
    lane& each = lanes_[index];
    if (each.worker != worker) continue;
    if (const memory_group* const group = groups_ ? groups_->of(index) : nullptr) {
      each.out_of_memory = group->oom_kills() > each.oom_kills;
      group->kill();
    }
    const std::string words = stderr_ ? stderr_->close(each.stderr_name) : std::string{};
    record.words.store(static_cast<std::uint32_t>(words.copy(record.last_words.data(), record.last_words.size())));
    return std::exchange(each, {});
  }
  return {.born = monotonic_now()};
}

bool supervisor::has_begun(std::uint32_t seat_index) const {
  const worker_stage stage = plan_.layout->seat_at(seat_index).stage.load(std::memory_order_acquire);
  return stage != worker_stage::beginning && stage != worker_stage::not_begun;
}

void supervisor::count_death(std::uint32_t seat_index, const siginfo_t& dead, std::chrono::nanoseconds born) {
  if (has_begun(seat_index)) {
    ++begun_;
  } else if (plan_.hooks.initializer.entry != nullptr && !leaving_) {
    std::uint64_t beginnings = begun_;
    for (const auto& [pid, index] : seat_of_) beginnings += has_begun(index) ? 1 : 0;
    respawn_.never_began(beginnings, was_killed(dead));
    return;
  }
  if (is_want_of_workers(seat_index, dead, born)) respawn_.died(monotonic_now(), progress());
}

bool supervisor::is_want_of_workers(std::uint32_t seat_index, const siginfo_t& dead,
                                    std::chrono::nanoseconds born) const {
  if (dead.si_code == CLD_EXITED) return dead.si_status != exit_retired;
  const bool idle = plan_.layout->seat_at(seat_index).running.hint.load(std::memory_order_acquire) == 0;
  return !(was_killed(dead) && idle && monotonic_now() - born > settled_in);
}

void supervisor::mark_dead(std::uint32_t seat_index, const siginfo_t& dead, const rusage& used, bool out_of_memory) {
  const bool exited = dead.si_code == CLD_EXITED;
  supervisor_words& words = plan_.layout->supervisor();
  seat_control& control = plan_.layout->control(seat_index);
  control.signal.store(exited ? 0 : dead.si_status, std::memory_order_relaxed);
  control.exit_status.store(exited ? dead.si_status : 0, std::memory_order_relaxed);
  control.ended.store(monotonic_now().count(), std::memory_order_relaxed);
  obituary& record = plan_.layout->obituary_of(seat_index);
  record.user_time.store(nanoseconds(used.ru_utime), std::memory_order_relaxed);
  record.system_time.store(nanoseconds(used.ru_stime), std::memory_order_relaxed);
  record.peak_memory.store(static_cast<std::uint64_t>(used.ru_maxrss) * 1024, std::memory_order_relaxed);
  const bool killed = !exited && dead.si_status == SIGKILL;
  if (killed && control.cause.load() == end_cause::own && (out_of_memory || ran_out_of_memory(used))) {
    control.cause.store(end_cause::memory);
  }
  const auto life = seat_life::unpack(control.life.load(std::memory_order_relaxed));
  control.life.store(seat_life{seat_life::dead, life.incarnation}.pack(), std::memory_order_release);
  words.broken.store(respawn_.why_broken());
  words.deaths.fetch_add(1);
  plan_.layout->claims().bell.ring_for_the_dead(plan_.news);
}

bool supervisor::ran_out_of_memory(const rusage& used) {
  if (memory_allowed_ == 0) memory_allowed_ = memory_allowed();
  const bool large = static_cast<std::uint64_t>(used.ru_maxrss) * 1024 > inherited_ + memory_allowed_ / 2;
  return (oom_kills_ && oom_kills_->rose()) || large;
}

}  // namespace yoke::detail
