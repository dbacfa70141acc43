#pragma once

#include "sys/file_descriptor.hpp"
#include "workers/item_watch.hpp"
#include "workers/oom_kills.hpp"
#include "workers/respawn_policy.hpp"
#include "workers/worker_plan.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

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

/// supervisor_report is the supervisor's first and only message: it is up, with so many workers. Its pidfd comes along.
struct supervisor_report {
  pid_t pid;
  std::uint32_t workers;
  int error;  ///< errno of the fork that failed first, or 0
};

/// supervisor starts, watches, kills and replaces the workers of one team. It is a small single-threaded process
/// between the coordinator and the workers, so that each worker sees the same snapshot of the program, a replacement
/// costs the same however large the host has grown, and no wait(2) of the host can take a worker's status away.
///
/// It changes no chunk: it marks the seat of a dead worker and leaves the rest to the coordinator.
class supervisor {
 public:
  explicit supervisor(const worker_plan& plan);

  /// run is the supervisor's whole life. Returns when all workers are gone.
  void run();

 private:
  void settle();
  void start_workers();
  bool start_worker();
  std::optional<std::uint32_t> take_seat();
  void watch();
  [[nodiscard]] std::chrono::nanoseconds patience() const;
  void obey();
  void reap();
  void interrupt(const supervisor_order& order);
  void mark_dead(std::uint32_t seat_index, const siginfo_t& dead);
  [[nodiscard]] std::uint64_t commits() const;
  void kill_all();
  void sweep_descendants();
  void report();

  worker_plan plan_;
  pid_t self_;
  file_descriptor children_;                          // signalfd for SIGCHLD
  std::unordered_map<pid_t, std::uint32_t> seat_of_;  // live workers
  std::vector<pid_t> lanes_;                          // the live worker in each lane, or 0
  std::uint32_t next_seat_ = 0;
  respawn_policy respawn_;
  item_watch watch_items_;
  oom_kills oom_kills_;
  int first_error_ = 0;
  bool leaving_ = false;
};

/// run_supervisor is the supervisor process from the fork to _exit.
[[noreturn]] void run_supervisor(const worker_plan& plan) noexcept;

}  // namespace yoke::detail
