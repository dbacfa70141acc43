#pragma once

#include "sys/file_descriptor.hpp"
#include "sys/memory_pressure.hpp"
#include "workers/item_watch.hpp"
#include "workers/lane_groups.hpp"
#include "workers/memory_watch.hpp"
#include "workers/respawn_policy.hpp"
#include "workers/stderr_relay.hpp"
#include "workers/worker_plan.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

namespace yoke::detail {

/// supervisor_order is what the coordinator tells the supervisor.
struct supervisor_order {
  enum class kind : std::uint8_t {
    seat_freed,  ///< look for a seat for the replacement that waits
    drain,       ///< start no more workers; leave when all have left
    kill,        ///< end all workers now, and leave
    interrupt,   ///< end the item that `incarnation` ran in `seat` when its progress word was `word`
    look,        ///< items with a deadline are about to run: watch them
  };
  kind what;
  std::uint32_t seat = 0;
  std::uint32_t incarnation = 0;
  std::uint64_t word = 0;
};

/// supervisor_report is what the supervisor says twice: that it is up, the pidfds of guardian and supervisor coming
/// along (when the guardian is dead, all are); then how many workers it could start.
struct supervisor_report {
  pid_t guardian;
  std::uint32_t workers;
  int error;  ///< errno of what failed first, or 0
};

/// report_failure tells the coordinator why there will be no team, where anybody listens.
void report_failure(const worker_plan& plan, pid_t guardian, int error) noexcept;

/// supervisor starts, watches, kills and replaces the workers of one team. It is a small single-threaded process
/// between the coordinator and the workers, so that each worker sees the same snapshot of the program, a replacement
/// costs the same however large the host has grown, and no wait(2) of the host can take a worker's status away.
///
/// It changes no chunk: it marks the seat of a dead worker and leaves the rest to the coordinator.
class supervisor {
 public:
  supervisor(const worker_plan& plan, pid_t guardian);

  /// run is the supervisor's whole life. Returns when all workers are gone.
  void run();

 private:
  /// lane is one of the workers that live at the same time.
  struct lane {
    pid_t worker = 0;      // or 0
    int stderr_name = -1;  // what the relay calls its standard error, or -1
    std::chrono::nanoseconds born{0};
    std::uint64_t oom_kills = 0;  // in its memory group, before it
    bool out_of_memory = false;   // its group has one more
  };

  void settle();
  void start_first_workers();
  void start_workers();
  bool start_worker();
  std::optional<std::uint32_t> take_seat();
  void watch();
  [[nodiscard]] std::chrono::nanoseconds patience() const;
  void obey();
  void reap();
  void interrupt(const supervisor_order& order);
  [[nodiscard]] lane end_lane_of(pid_t worker, obituary& record);
  void count_death(std::uint32_t seat_index, const siginfo_t& dead, std::chrono::nanoseconds born);
  [[nodiscard]] bool has_begun(std::uint32_t seat_index) const;
  [[nodiscard]] bool is_want_of_workers(std::uint32_t seat_index, const siginfo_t& dead,
                                        std::chrono::nanoseconds born) const;
  void mark_dead(std::uint32_t seat_index, const siginfo_t& dead, const rusage& used, bool out_of_memory);
  [[nodiscard]] bool ran_out_of_memory(const rusage& used);
  void watch_memory(std::chrono::nanoseconds now);
  [[nodiscard]] std::uint64_t progress() const;
  void kill_all();
  void greet();
  void report();

  worker_plan plan_;
  pid_t self_;
  pid_t guardian_;
  file_descriptor children_;                          // signalfd for SIGCHLD
  std::unordered_map<pid_t, std::uint32_t> seat_of_;  // live workers
  std::vector<lane> lanes_;
  std::uint32_t next_seat_ = 0;
  std::uint64_t begun_ = 0;  // workers that have begun and are dead
  respawn_policy respawn_;
  item_watch watch_items_;
  std::uint64_t inherited_;  // bytes of private memory that each worker is born with
  memory_watch watch_memory_;
  std::optional<lane_groups> groups_;  // where workers have a limit
  std::optional<oom_kills> oom_kills_;
  std::uint64_t memory_allowed_ = 0;  // 0 = not read yet
  std::optional<stderr_relay> stderr_;
  int first_error_ = 0;
  bool reap_again_ = false;  // the last look at the dead failed
  bool leaving_ = false;
  bool orphaned_ = false;  // the coordinator is dead
};

/// run_supervisor is the supervisor process from the fork to _exit.
[[noreturn]] void run_supervisor(const worker_plan& plan, pid_t guardian) noexcept;

}  // namespace yoke::detail
