#pragma once

#include <yoke/detail/pool_core.hpp>
#include <yoke/insights.hpp>

#include "backends/make_backend.hpp"
#include "capture/image_list.hpp"
#include "engine/call_gate.hpp"
#include "engine/engine.hpp"
#include "engine/open_streams.hpp"
#include "engine/submission.hpp"

#include <atomic>
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <unistd.h>

namespace yoke::detail {

/// checked_hooks returns the options as they are. Throws capture_error for a hook that would not mean the same in
/// workers that are executed anew.
const pool_options& checked_hooks(const pool_options& options, const image_list& images);

/// parts is what a pool is made of.
struct pool_core::parts {
  explicit parts(const pool_options& wanted)
      : options{wanted},
        images{image_list::take()},
        workers{make_backend(checked_hooks(wanted, images))},
        watched{wanted.insights},
        jobs{*workers, gate.cancels(), watched} {
    check_code(options.initializer);
    check_code(options.finalizer);
  }

  ~parts() {
    if (submission* const made = tasks) made->drop_reference();
  }
  parts(const parts&) = delete;
  parts& operator=(const parts&) = delete;

  /// check_code throws capture_error where workers do not have the code of a hook.
  void check_code(const worker_hook& hook) const;

  /// keep takes what workers have left behind.
  void keep(std::vector<farewell>&& left) {
    const std::lock_guard lock{farewells_mutex};
    std::move(left.begin(), left.end(), std::back_inserter(farewells));
  }

  /// in_copy tells whether this is a child that the host forked, which has none of the threads that may be inside.
  [[nodiscard]] bool in_copy() const { return owner != ::getpid(); }

  const pool_options options;
  const image_list images;  // taken before the fork: what is here, the workers have
  const std::unique_ptr<backend> workers;
  const pid_t owner = ::getpid();
  call_gate gate;
  const std::shared_ptr<open_streams> streams = std::make_shared<open_streams>();
  observation_plan watched;
  engine jobs;
  std::mutex teams_mutex;  // guards teams
  yoke::insights teams;    // of the calls that had workers of their own

  /// The submission is made by the first task, and is inside the gate until it has been ended.
  std::atomic<submission*> tasks{nullptr};
  std::mutex tasks_making;  // guards inside_for_tasks, and that there is one submission; taken before all other locks
  std::unique_ptr<call_gate::call> inside_for_tasks;
  parts* abandoned_before = nullptr;
  std::shared_ptr<parts> kept_for_ever;  // itself, once it has been abandoned

  std::mutex farewells_mutex;  // guards the rest
  std::vector<farewell> farewells;
};

}  // namespace yoke::detail
