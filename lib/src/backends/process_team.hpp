#pragma once

#include "start/exec_start.hpp"
#include "sys/file_descriptor.hpp"
#include "workers/supervisor.hpp"
#include "workers/worker_plan.hpp"

#include <chrono>
#include <cstdint>

#include <sys/types.h>

namespace yoke::detail {

/// process_team is the coordinator's handle on a supervisor and its workers.
class process_team {
 public:
  /// Forks the supervisor, twice, so that it is no child of the host, and waits until its workers are started.
  /// The process must be single-threaded. Throws start_error when no worker could be started or none answers in 2 s.
  explicit process_team(const worker_plan& plan);
  /// Executes a program that becomes the supervisor. Any number of threads may run. Throws the same.
  process_team(const worker_plan& plan, const program_to_start& program);
  /// Kills what is left.
  ~process_team();
  process_team(const process_team&) = delete;
  process_team& operator=(const process_team&) = delete;

  /// workers is the number that the supervisor could start.
  [[nodiscard]] std::uint32_t workers() const { return workers_; }

  /// order tells the supervisor something; it may be dead already.
  void order(const supervisor_order& what) noexcept;

  /// stop ends supervisor and workers: drained, for which workers have `extra` time beside, or at once. Returns when
  /// they are gone.
  void stop(bool drain, std::chrono::nanoseconds extra = {}) noexcept;

  /// alive tells whether the supervisor lives.
  [[nodiscard]] bool alive() const;

  /// disown forgets the team without touching it: for one that is dead, or a copy of the host made by fork().
  void disown() noexcept;

 private:
  void fork_supervisor(worker_plan plan);
  void await_workers();
  bool await_greeting(supervisor_report& report);
  bool await_report(supervisor_report& report);
  void reap_when_gone(int milliseconds) noexcept;
  bool gone_within(int milliseconds) noexcept;
  void kill() noexcept;

  file_descriptor socket_;
  file_descriptor guardian_;    // pidfd: ends last
  file_descriptor supervisor_;  // pidfd
  bool stopped_ = false;
  std::uint32_t workers_ = 0;
};

}  // namespace yoke::detail
