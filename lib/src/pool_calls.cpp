#include <yoke/detail/call_scope.hpp>
#include <yoke/errors.hpp>

#include "engine/bulk_job.hpp"
#include "pool_parts.hpp"
#include "stream_home.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace yoke::detail {

namespace {

void require_killing(const call_options& options, bool can_kill) {
  if (options.deadline.count() == 0 || can_kill) return;
  throw std::invalid_argument(
      "yoke: a deadline needs workers that can be ended while they run: use yoke::backend::processes, or leave it out");
}

task_rules rules_of(const call_options& options, bool can_kill) {
  check_options(options);
  require_killing(options, can_kill);
  if (options.fresh || options.leaf != 0 || options.chunk.kind() != chunking::policy::automatic) {
    throw std::invalid_argument{
        "yoke: chunk, leaf and fresh have no meaning for a task that is submitted; leave them out"};
  }
  return {.deadline = options.deadline,
          .attempts = static_cast<std::uint32_t>(options.attempts),
          .reruns_externals = options.rerun == rerun::external};
}

}  // namespace

stream_home pool_core::open_stream(route way, const stream_options& options) {
  const call_options as_of_a_call = call_options_of(options);
  check_options(as_of_a_call);
  require_killing(as_of_a_call, describe().can_kill);
  parts_->workers->check_original();
  check_open();
  stream_home home{.streams = parts_->streams,
                   .cancels = &parts_->gate.cancels(),
                   .workers = parts_->workers.get(),
                   .jobs = &parts_->jobs};
  if (way == route::team) {
    home.team = make_backend(parts_->options, arrays());
    home.workers = home.team.get();
    home.team_jobs = std::make_unique<engine>(*home.workers, *home.cancels);
    home.jobs = home.team_jobs.get();
  }
  return home;
}

void pool_core::run(route way, const bulk_plan& plan, bulk_work& work) {
  check_options(plan.options);
  require_killing(plan.options, describe().can_kill);
  if (plan.items == 0) return;
  const call_scope in_call{&parts_->gate};
  const std::uint32_t cancels = parts_->gate.cancels().asked;
  parts_->workers->check_original();
  if (way != route::team) {
    bulk_job job{plan, work, *parts_->workers};
    const call_gate::call inside{parts_->gate, parts_->jobs};
    parts_->jobs.run(job, cancels);
    return;
  }
  pool_options options = parts_->options;
  options.workers = static_cast<int>(std::min<std::uint64_t>(workers_wanted(options), plan.items));
  const auto team = make_backend(options, arrays());
  engine jobs{*team, parts_->gate.cancels(), parts_->watched, scope()};
  const auto told = [&] {
    const std::scoped_lock hold{parts_->teams_mutex};
    add_insights(parts_->teams, jobs.insights());
  };
  bulk_job job{plan, work, *team};
  const call_gate::call inside{parts_->gate, jobs};
  const auto end_in_order = [&] {
    team->stop(true);
    parts_->keep(team->take_farewells());
    told();
  };
  try {
    jobs.run(job, cancels);
  } catch (...) {
    end_in_order();
    throw;
  }
  end_in_order();
}

void pool_core::submit(task& one, const call_options* options) {
  parts_->workers->check_original();
  if (call_scope::inside(scope())) {
    throw std::logic_error{
        "yoke: a task submitted another one to the pool that runs it; give the task a pool of its own"};
  }
  const task_rules rules = options == nullptr ? task_rules{} : rules_of(*options, describe().can_kill);
  check_open();
  if (open_submission().push(one, rules)) return;
  check_open();
  parts_->jobs.check_whole();
  throw pool_shut_down{"yoke: the pool has ended, and takes no more tasks: construct another one"};
}

submission& pool_core::open_submission() {
  if (submission* const there = parts_->tasks.load(std::memory_order_acquire)) return *there;
  const std::lock_guard lock{parts_->tasks_making};
  if (submission* const there = parts_->tasks) return *there;
  auto inside = std::make_unique<call_gate::call>(parts_->gate, parts_->jobs);
  submission* const made = new submission{parts_->jobs, *parts_->workers, parts_->gate.cancels(), parts_};
  try {
    parts_->jobs.submit(*made);
  } catch (...) {
    made->drop_reference();
    throw;
  }
  parts_->inside_for_tasks = std::move(inside);
  parts_->tasks.store(made, std::memory_order_release);
  return *made;
}

void pool_core::end_submission(parts& of) {
  if (submission* const tasks = of.tasks) {
    tasks->finish();
    of.jobs.drive(std::chrono::steady_clock::time_point::max(), [&] { return tasks->is_settled(); });
  }
  const std::lock_guard lock{of.tasks_making};
  of.inside_for_tasks.reset();
}

void pool_core::poll() {
  const std::shared_ptr<parts> held = parts_;  // a callback may destroy the pool
  held->workers->check_original();
  held->jobs.poll();
}

int pool_core::native_handle() { return parts_->jobs.native_handle(); }

}  // namespace yoke::detail
