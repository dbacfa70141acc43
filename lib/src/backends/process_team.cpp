#include "backends/process_team.hpp"

#include <yoke/errors.hpp>

#include "backends/forked_copy_guard.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"
#include "sys/shortage.hpp"
#include "sys/socket.hpp"
#include "workers/guardian.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <limits>

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

constexpr int handshake_ms = 2000;
constexpr int leave_ms = 5000;  // for workers that have nothing left to do, or are killed
constexpr int sweep_ms = 2000;

/// While one of these lives no handler of the host runs: not in the new processes either, until they reset theirs.
class all_signals_held {
 public:
  all_signals_held() {
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, &before_);
  }
  ~all_signals_held() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
  all_signals_held(const all_signals_held&) = delete;
  all_signals_held& operator=(const all_signals_held&) = delete;

 private:
  sigset_t before_;
};

start_error no_team(int error) {
  return start_error{
      fmt::format("no worker process could be started ({}; or use yoke::backend::threads)", describe_shortage(error))};
}

}  // namespace

process_team::process_team(const worker_plan& plan) {
  fork_supervisor(plan);
  await_workers();
}

process_team::process_team(const worker_plan& plan, const program_to_start& program)
    : socket_{start_program(plan, program)} {
  await_workers();
}

process_team::~process_team() { stop(false); }

void process_team::fork_supervisor(worker_plan plan) {
  static const std::ios_base::Init streams;  // a pool at namespace scope may come before anybody else's
  auto [ours, theirs] = make_seqpacket_pair();
  const file_descriptor self = pidfd_open(::getpid());
  plan.orders = theirs.get();
  plan.coordinator = self.get();
  socket_ = std::move(ours);

  std::cout.flush();
  std::fflush(nullptr);
  const all_signals_held quiet;
  const own_fork ours_to_make{*plan.home, plan.lent};
  const pid_t middle = ::fork();
  if (middle == 0) {
    const pid_t supervisor = ::fork();
    if (supervisor == 0) run_team(plan);
    ::_exit(supervisor < 0 ? errno : 0);
  }
  if (middle < 0) throw no_team(errno);
  // A host that ignores SIGCHLD, or waits for any child, may have taken the status: then there is none to look at.
  int status = 0;
  const pid_t ended = retry_on_interrupt([&] { return ::waitpid(middle, &status, 0); });
  if (ended == middle && WIFEXITED(status) && WEXITSTATUS(status) != 0) throw no_team(WEXITSTATUS(status));
}

void process_team::await_workers() {
  supervisor_report report{};
  const bool heard = await_greeting(report) && await_report(report);
  workers_ = report.workers;
  if (heard && workers_ > 0) return;
  reap_when_gone(sweep_ms);
  if (report.error != 0) throw no_team(report.error);
  throw start_error{
      "the pool's supervisor process did not answer: was it killed, or is the system out of memory? "
      "yoke::backend::threads needs none"};
}

bool process_team::await_greeting(supervisor_report& report) {
  std::vector<file_descriptor> attached;
  if (!readable_within(socket_, handshake_ms) ||
      receive_message(socket_.get(), report, &attached) != packet_status::done || attached.size() != 2) {
    return false;
  }
  guardian_ = std::move(attached[0]);
  supervisor_ = std::move(attached[1]);
  return true;
}

/// Many workers of a large program take their time to be forked: as long as the team lives.
bool process_team::await_report(supervisor_report& report) {
  std::array<pollfd, 2> watched{{{socket_.get(), POLLIN, 0}, {guardian_.get(), POLLIN, 0}}};
  retry_on_interrupt([&] { return ::poll(watched.data(), watched.size(), -1); });
  return (watched[0].revents & POLLIN) != 0 && receive_message(socket_.get(), report) == packet_status::done;
}

bool process_team::alive() const { return !readable_within(guardian_, 0); }

void process_team::order(const supervisor_order& what) noexcept {
  try {
    send_message(socket_.get(), what, {}, waiting::no);
  } catch (const std::exception&) {
    // A supervisor that cannot be told anything is dead or about to be; its pidfd says so.
  }
}

bool process_team::gone_within(int milliseconds) noexcept { return readable_within(guardian_, milliseconds); }

void process_team::reap_when_gone(int milliseconds) noexcept {
  if (!guardian_ || !gone_within(milliseconds)) return;
  for (const file_descriptor* process : {&guardian_, &supervisor_}) reap(*process);
}

void process_team::kill() noexcept {
  for (const file_descriptor* process : {&supervisor_, &guardian_}) {
    try {
      pidfd_send_signal(process->get(), SIGKILL);
    } catch (const std::exception&) {
      // Not ours to kill any more: nothing is left to do but wait.
    }
    if (gone_within(sweep_ms)) return;
  }
  gone_within(-1);
}

void process_team::stop(bool drain, std::chrono::nanoseconds extra) noexcept {
  if (stopped_) return;
  stopped_ = true;
  order({.what = drain ? supervisor_order::kind::drain : supervisor_order::kind::kill});
  const auto extra_ms = drain ? std::chrono::duration_cast<std::chrono::milliseconds>(extra).count() : 0;
  const auto patience = std::min<std::int64_t>(leave_ms + extra_ms, std::numeric_limits<int>::max());
  if (!gone_within(static_cast<int>(patience))) {
    kill();
  }
  reap_when_gone(0);
}

void process_team::disown() noexcept {
  stopped_ = true;
  reap_when_gone(0);
}

}  // namespace yoke::detail
