#include <yoke/detail/call_scope.hpp>
#include <yoke/detail/error_record.hpp>
#include <yoke/detail/pool_core.hpp>
#include <yoke/errors.hpp>

#include "backends/forked_copy_guard.hpp"
#include "backends/make_backend.hpp"
#include "capture/capture_check.hpp"
#include "capture/image_list.hpp"
#include "engine/bulk_job.hpp"
#include "engine/call_gate.hpp"
#include "engine/engine.hpp"
#include "engine/open_streams.hpp"
#include "engine/submission.hpp"
#include "stream_home.hpp"
#include "sys/process.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include <unistd.h>

namespace yoke::detail {

namespace {

std::string lost_writes(const capture_verdict& found) {
  return "yoke: the task returns nothing, and " + found.describe() +
         ": what it writes there would stay in the worker; return the value from map instead (also where it only "
         "reads: then let map return anything and drop it), or write into a yoke::shared_array of the pool: capture "
         "its "
         "view()";
}

std::string of_another_pool(const capture_verdict& found) {
  return "yoke: in the task word " + std::to_string(found.word) +
         " points into a shared array of another pool, which this pool's workers can not write: make the array with "
         "the "
         "pool that runs the task";
}

std::string unsafe_fork(const std::string& reason) {
  return "yoke: " + reason +
         ", so the call needs processes forked for it, which is safe only while the program has one thread; capture "
         "copies of plain values (or items of the input), or use yoke::backend::threads";
}

std::string not_in_a_fresh_program(const std::string& reason) {
  return "yoke: " + reason +
         ", but the workers of a pool with start::exec are the program executed anew, which has none of this program's "
         "memory, and has its constants elsewhere: capture copies of plain values (or make it part of the items, or "
         "name constants inside the task), or use yoke::start::fork or yoke::backend::threads";
}

std::string not_for_submit(const std::string& reason) {
  return "yoke: " + reason +
         ", but a task that is submitted runs on processes forked long before: let the function capture copies of "
         "plain "
         "values, and give everything else (strings, containers) as arguments, which are encoded; or use "
         "yoke::backend::threads";
}

constexpr const char* not_plain =
    "the task is not trivially copyable (it captures a container, a string, a smart pointer)";

std::string code_not_there(bool other_program) {
  return std::string("yoke: the workers of this pool do not have the task's code: ") +
         (other_program ? "put the task, and the call that is given it, into a shared library that the worker program "
                          "is linked with, too"
                        : "link the library that it is in to the program, as the program executed anew knows nothing "
                          "of what was loaded later");
}

std::string not_for_a_fresh_program(const char* hook, const std::string& reason) {
  return std::string{"yoke: the "} + hook + ' ' + reason +
         ", but the workers of a pool with start::exec are the program executed anew, which has none of this program's "
         "memory: capture copies of plain numbers, or use yoke::start::fork or yoke::backend::threads";
}

/// The callable of a hook is copied to workers that are executed anew: it has to mean the same there.
void check_hook(const char* name, const worker_hook& hook, const image_list& images) {
  if (!hook || !hook.has_state()) return;
  if (!hook.copies_plainly()) {
    throw capture_error{not_for_a_fresh_program(
        name, "is not trivially copyable (it captures a container, a string, a smart pointer)")};
  }
  const std::span state{static_cast<const std::byte*>(hook.callable()), hook.bytes()};
  const capture_verdict found = check_words(state, images, {}, images_lie::elsewhere);
  if (!found.allowed())
    throw capture_error{not_for_a_fresh_program(name, "captures what is not plain: " + found.describe())};
}

const pool_options& checked(const pool_options& options, const image_list& images) {
  if (options.backend != yoke::backend::processes || options.start != start::exec) return options;
  check_hook("initializer", options.initializer, images);
  check_hook("finalizer", options.finalizer, images);
  return options;
}

std::atomic<std::uint64_t> pools_made{0};

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

struct pool_core::parts {
  explicit parts(const pool_options& wanted)
      : options{wanted},
        images{image_list::take()},
        workers{make_backend(checked(wanted, images))},
        watched{wanted.insights},
        jobs{*workers, gate.cancels(), watched} {
    check_code(options.initializer);
    check_code(options.finalizer);
  }

  void check_code(const worker_hook& hook) const {
    const auto have = [this](std::uintptr_t code) { return code == 0 || workers->has_code(code); };
    if (have(reinterpret_cast<std::uintptr_t>(hook.entry())) && have(hook.function())) return;
    throw capture_error{code_not_there(!options.worker_program.empty())};
  }

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

  std::mutex farewells_mutex;  // guards the rest
  std::vector<farewell> farewells;
};

void pool_core::abandon(std::unique_ptr<parts> left) {
  static std::atomic<parts*> all{nullptr};  // still in sight of leak checkers
  left->abandoned_before = all;
  while (!all.compare_exchange_weak(left->abandoned_before, left.get())) {
  }
  static_cast<void>(left.release());
}

pool_core::pool_core(const pool_options& options)
    : parts_{std::make_unique<parts>(options)},
      number_{++pools_made},
      takes_any_capture_{describe().shares_memory && !options.strict_captures} {}

pool_core::~pool_core() {
  const bool under_itself = call_scope::inside(scope());  // a task or a callback has called exit()
  if (under_itself || (parts_->in_copy() && !parts_->gate.is_empty())) {
    abandon(std::move(parts_));
    return;
  }
  if (parts_->in_copy()) {
    parts_->workers->stop(false);
    return;
  }
  forget_interrupts(*this);
  const auto now = std::chrono::steady_clock::now();
  const std::string orphaned = "the pool was destroyed while the stream was open: keep it until the stream has ended";
  parts_->gate.close(call_gate::state::stopped);
  parts_->streams->close("destroyed");
  parts_->gate.end(now, "the pool was destroyed while the call was going on: join() it first");
  parts_->streams->end(now, orphaned);
  end_submission();
  parts_->streams->part(orphaned);
  parts_->gate.await_all();
  parts_->jobs.stop_workers(!parts_->gate.cut_short());
  if (submission* const tasks = parts_->tasks) {
    tasks->leave();
    tasks->drop_reference();
  }
}

void pool_core::refuse_absent() {
  throw std::logic_error{
      "yoke: there is no pool here: it was moved from, or a task called the pool that runs it; give the task a pool of "
      "its own"};
}

capture_verdict pool_core::look_at(const callable_facts& task) const {
  const capabilities can = describe();
  const bool checks = !can.shares_memory || (task.returns_nothing && parts_->options.strict_captures);
  capture_verdict found;
  if (checks && !task.state.empty()) {
    const std::span common = parts_->workers->common_memory();
    const auto begin = reinterpret_cast<std::uintptr_t>(common.data());
    const std::array segments{address_range{begin, begin + common.size()}};
    found = check_words(task.state, parts_->images, segments,
                        can.sees_captures ? images_lie::there : images_lie::elsewhere);
  }
  if (checks && task.returns_nothing && found.is_private_writable()) throw capture_error{lost_writes(found)};
  if (!can.shares_memory && found.where == pointee::shared_memory &&
      is_memory_of_another_pool(found.address, parts_->workers->common_memory())) {
    throw capture_error{of_another_pool(found)};
  }
  return found;
}

void pool_core::admit(const callable_facts& task) const {
  const capture_verdict found = look_at(task);
  if (describe().shares_memory) return;
  if (!task.copies_plainly) throw capture_error{not_for_submit(not_plain)};
  if (!found.allowed()) throw capture_error{not_for_submit("in the task " + found.describe())};
  if (have_code(task)) return;
  throw capture_error{describe().sees_captures
                          ? not_for_submit("the task is in a library that was loaded after the pool was constructed")
                          : code_not_there(!parts_->options.worker_program.empty())};
}

route pool_core::choose(const callable_facts& task, const call_options& options) const {
  const capabilities can = describe();
  const capture_verdict found = look_at(task);
  if (can.shares_memory) return route::in_place;

  std::string reason;
  if (options.fresh) {
    reason = "the call was asked to be fresh";
  } else if (!task.copies_plainly) {
    reason = not_plain;
  } else if (!found.allowed()) {
    reason = "in the task " + found.describe();
  } else if (!have_code(task)) {
    reason = "the task is in a library that was loaded after the pool was constructed";
    if (!can.sees_captures) throw capture_error{code_not_there(!parts_->options.worker_program.empty())};
  } else {
    return route::resident;
  }
  if (!can.sees_captures) throw capture_error{not_in_a_fresh_program(reason)};
  if (!is_single_threaded()) throw capture_error{unsafe_fork(reason)};
  return route::team;
}

bool pool_core::have_code(const callable_facts& task) const {
  const auto have = [this](std::uintptr_t code) {
    return in_image_loaded_at_fork(reinterpret_cast<const void*>(code), parts_->images) &&
           parts_->workers->has_code(code);
  };
  return (task.entry == 0 || have(task.entry)) &&
         std::all_of(task.functions.begin(), task.functions.end(),
                     [&](std::uintptr_t function) { return function == 0 || have(function); });
}

void pool_core::check_open() const { parts_->gate.check_open(); }

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
    home.team = make_backend(parts_->options);
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
  engine jobs{*team, parts_->gate.cancels(), parts_->watched};
  const auto told = [&] {
    const std::scoped_lock hold{parts_->teams_mutex};
    add_insights(parts_->teams, jobs.insights());
  };
  bulk_job job{plan, work, *team};
  const call_scope scope_of_call{scope()};
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

yoke::insights pool_core::insights() const {
  refuse_inside("ask outside, once the call has returned");
  yoke::insights seen = parts_->jobs.insights();
  const std::scoped_lock hold{parts_->teams_mutex};
  add_insights(seen, parts_->teams);
  return seen;
}

void pool_core::reset_insights() {
  refuse_inside("reset its insights outside");
  const std::scoped_lock hold{parts_->teams_mutex};
  parts_->jobs.reset_insights();
  parts_->teams = {};
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
  submission* const made = new submission{parts_->jobs, *parts_->workers, parts_->gate.cancels()};
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

void pool_core::end_submission() {
  if (submission* const tasks = parts_->tasks) {
    tasks->finish();
    parts_->jobs.drive(std::chrono::steady_clock::time_point::max(), [&] { return tasks->is_settled(); });
  }
  const std::lock_guard lock{parts_->tasks_making};
  parts_->inside_for_tasks.reset();
}

void pool_core::poll() {
  parts_->workers->check_original();
  parts_->jobs.poll();
}

int pool_core::native_handle() { return parts_->jobs.native_handle(); }

bool pool_core::join(std::chrono::steady_clock::time_point until) {
  refuse_inside("let it throw, and end the pool outside");
  parts_->streams->refuse_own();
  const call_gate::visit here{parts_->gate};
  const std::string late = "join_for() had no more time for the call: give it more, or use join()";
  parts_->gate.close(call_gate::state::joined);
  parts_->streams->close("joined");
  if (until != std::chrono::steady_clock::time_point::max()) {
    parts_->gate.end(until, late);
    parts_->streams->end(until, late);
  }
  end_submission();
  parts_->gate.await_calls();
  parts_->streams->await(until);
  const bool parted = parts_->streams->part(late);
  parts_->jobs.stop_workers(true);
  return !parted && !parts_->gate.cut_short();
}

void pool_core::stop() {
  refuse_inside("let it throw, and end the pool outside");
  const call_gate::visit here{parts_->gate};
  const auto now = std::chrono::steady_clock::now();
  const std::string unfinished = "the pool was stopped before the call was done: join() lets calls finish";
  parts_->gate.close(call_gate::state::stopped);
  parts_->streams->close("stopped");
  parts_->gate.end(now, unfinished);
  parts_->streams->end(now, unfinished);
  end_submission();
  parts_->gate.await_calls();
  parts_->streams->part(unfinished);
  parts_->jobs.stop_workers(false);
}

std::vector<std::vector<std::byte>> pool_core::take_results(const std::type_info& wanted) {
  refuse_inside("ask for results outside, once the call has returned");
  const std::type_info* const given = parts_->options.finalizer.result();
  if (given == nullptr) throw std::logic_error{"yoke: finalizer_results of a pool without pool_options::finalizer"};
  if (*given != wanted) {
    throw std::logic_error{"yoke: finalizer_results<" + type_name(wanted) + ">, but the finalizer returns " +
                           type_name(*given)};
  }
  parts_->keep(parts_->jobs.take_farewells());
  const std::lock_guard lock{parts_->farewells_mutex};
  std::vector<farewell>& all = parts_->farewells;
  const auto sad = std::ranges::find_if(all, [](const farewell& each) { return each.how != farewell::kind::returned; });
  if (sad != all.end()) {
    const std::exception_ptr error = error_of(*sad);
    all.erase(sad);
    std::rethrow_exception(error);
  }
  std::vector<std::vector<std::byte>> results;
  results.reserve(all.size());
  for (farewell& each : std::exchange(all, {})) results.push_back(std::move(each.bytes));
  return results;
}

void pool_core::cancel() noexcept {
  ++parts_->gate.cancels().asked;
  parts_->workers->nudge();
}

void pool_core::interrupt() noexcept {
  parts_->gate.cancels().interrupted = true;
  parts_->workers->nudge();
}

void pool_core::resume() noexcept { parts_->gate.cancels().interrupted = false; }

void pool_core::refuse_inside(const char* instead) const {
  parts_->workers->check_original();
  if (!call_scope::inside(scope())) return;
  throw std::logic_error{std::string{"yoke: a task called the pool that runs it; "} + instead};
}

std::shared_ptr<array_memory> pool_core::arrays() const { return parts_->workers->arrays(); }

void pool_core::check_original() const { parts_->workers->check_original(); }

void pool_core::require_writable(std::span<const std::byte> bytes, const char* name) const {
  if (bytes.empty() || (describe().shares_memory && !parts_->options.strict_captures)) return;
  const auto home = arrays();
  if (home->holds(bytes)) return;
  const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
  const bool freed = home->contains(bytes);
  const bool others = !freed && is_memory_of_another_pool(address, parts_->workers->common_memory());
  throw capture_error{std::string("yoke: ") + name + " works in memory that all workers share, and was given some " +
                      (others  ? "in a shared array of another pool"
                       : freed ? "beyond the end of a shared array, or in one that is gone"
                               : "elsewhere") +
                      ": use a yoke::shared_array made with this pool"};
}

const void* pool_core::scope() const { return &parts_->jobs; }

capabilities pool_core::describe() const { return parts_->workers->describe(); }

}  // namespace yoke::detail
