#include <yoke/detail/pool_core.hpp>
#include <yoke/errors.hpp>

#include "backends/make_backend.hpp"
#include "capture/capture_check.hpp"
#include "capture/image_list.hpp"
#include "engine/bulk_job.hpp"
#include "engine/engine.hpp"
#include "sys/process.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace yoke::detail {

namespace {

std::string lost_writes(const capture_verdict& found) {
  return "yoke: the task returns nothing, and " + found.describe() +
         ": what it writes there would stay in the worker; return the value from map instead (also where it only "
         "reads: then "
         "let map return anything and drop it)";
}

std::string unsafe_fork(const std::string& reason) {
  return "yoke: " + reason +
         ", so the call needs processes forked for it, which is safe only while the program has one thread; capture "
         "copies of plain values (or items of the input), or use yoke::backend::threads";
}

}  // namespace

struct pool_core::parts {
  explicit parts(const pool_options& wanted)
      : options{wanted}, images{image_list::take()}, workers{make_backend(wanted)}, jobs{*workers} {}

  const pool_options options;
  const image_list images;  // taken before the fork: what is here, the workers have
  const std::unique_ptr<backend> workers;
  engine jobs;
};

pool_core::pool_core(const pool_options& options) : parts_{std::make_unique<parts>(options)} {}

pool_core::~pool_core() { parts_->workers->stop(false); }

void pool_core::refuse_absent() {
  throw std::logic_error{
      "yoke: there is no pool here: it was moved from, or a task called the pool that runs it; give the task a pool of "
      "its own"};
}

route pool_core::choose(const callable_facts& task, const call_options& options) const {
  const bool in_place = describe().shares_memory;
  const bool checks = !in_place || (task.returns_nothing && parts_->options.strict_captures);
  capture_verdict found;
  if (checks && !task.state.empty()) found = check_words(task.state, parts_->images, {});

  if (checks && task.returns_nothing && found.is_private_writable()) throw capture_error{lost_writes(found)};
  if (in_place) return route::in_place;

  std::string reason;
  if (options.fresh) {
    reason = "the call was asked to be fresh";
  } else if (!task.copies_plainly) {
    reason = "the task is not trivially copyable (it captures a container, a string, a smart pointer)";
  } else if (!found.allowed()) {
    reason = "in the task " + found.describe();
  } else if (!in_image_loaded_at_fork(reinterpret_cast<const void*>(task.entry), parts_->images)) {
    reason = "the task is in a library that was loaded after the pool was constructed";
  } else {
    return route::resident;
  }
  if (!is_single_threaded()) throw capture_error{unsafe_fork(reason)};
  return route::team;
}

void pool_core::run(route way, const bulk_plan& plan, bulk_work& work) {
  check_options(plan.options);
  if (plan.options.deadline.count() != 0 && !describe().can_kill) {
    throw std::invalid_argument(
        "yoke: a deadline needs workers that can be ended while they run: use yoke::backend::processes, or leave it "
        "out");
  }
  if (plan.items == 0) return;
  if (way != route::team) {
    bulk_job job{plan, work, *parts_->workers};
    parts_->jobs.run(job);
    return;
  }
  pool_options options = parts_->options;
  options.workers = static_cast<int>(std::min<std::uint64_t>(workers_wanted(options), plan.items));
  const auto team = make_backend(options);
  engine jobs{*team};
  bulk_job job{plan, work, *team};
  jobs.run(job);
  team->stop(true);
}

const void* pool_core::scope() const { return &parts_->jobs; }

capabilities pool_core::describe() const { return parts_->workers->describe(); }

}  // namespace yoke::detail
