#include "engine/submission.hpp"

#include "engine/failure.hpp"
#include "engine/task_timing.hpp"

#include <algorithm>
#include <utility>

namespace yoke::detail {
namespace {

// This many short tasks are sent at a time while the workers have something to do.
constexpr std::uint32_t handful = 32;
// Chunks that each worker may have in line: what it can do while nobody drives the engine.
constexpr std::size_t line_per_worker = 64;
constexpr std::size_t longest_line = 512;

}  // namespace

submission::submission(engine& runs, backend& workers, const cancel_switch& cancels, std::weak_ptr<const void> home)
    : job{{.grain = 1,
           .keeps_partial = true,
           .collects_errors = true,
           .leaves_items = true,
           .reruns_externals = false}},
      runs_{runs},
      workers_{workers},
      cancels_{cancels},
      home_{std::move(home)},
      lanes_{static_cast<std::uint32_t>(workers.describe().workers)},
      window_{std::min(line_per_worker * lanes_, longest_line)},
      in_place_{workers.describe().shares_memory} {}

task* submission::closed() noexcept {
  alignas(task) static constinit char mark = 0;
  return reinterpret_cast<task*>(&mark);
}

bool submission::push(task& one, const task_rules& rules) {
  add_reference();
  one.owner_ = this;
  one.rules_ = rules;
  one.cancels_seen_ = cancels_.asked;
  one.add_reference();
  task* newest = inbox_.load(std::memory_order_acquire);
  do {
    if (newest == closed()) {
      one.drop_reference();
      return false;
    }
    one.next_ = newest;
  } while (!inbox_.compare_exchange_weak(newest, &one));
  const bool can_wait = typical(one) < short_task_ns && chunks_out_.load() >= lanes_ &&
                        pushed_.fetch_add(1, std::memory_order_relaxed) % handful != 0;
  if (!can_wait) runs_.kick();
  return true;
}

void submission::drain() noexcept {
  task* newest = inbox_.load();
  if (newest == nullptr || newest == closed()) return;
  newest = inbox_.exchange(nullptr);
  task* oldest = nullptr;
  while (newest != nullptr) {
    task* const before = std::exchange(newest->next_, oldest);
    oldest = std::exchange(newest, before);
  }
  while (oldest != nullptr) {
    task* const next = oldest->next_;
    enqueue(*std::exchange(oldest, next));
  }
}

void submission::enqueue(task& one) noexcept {
  one.next_ = nullptr;
  (last_ == nullptr ? first_ : last_->next_) = &one;
  last_ = &one;
}

void submission::enqueue_first(task& one) noexcept {
  one.next_ = first_;
  first_ = &one;
  if (last_ == nullptr) last_ = &one;
}

task& submission::pop() noexcept {
  task& one = *first_;
  first_ = one.next_;
  if (first_ == nullptr) last_ = nullptr;
  return one;
}

task* submission::front() noexcept {
  while (first_ != nullptr && first_->is_ready()) pop().drop_reference();  // cancelled meanwhile
  return first_;
}

submission::driven submission::drive(std::chrono::steady_clock::time_point until, const std::function<bool()>& done) {
  const auto home = home_.lock();
  if (home == nullptr) return done() ? driven::done : driven::gone;
  if (!runs_.drive(until, [&] { return leaving_ || done(); })) return driven::late;
  return done() ? driven::done : driven::gone;
}

void submission::look_again() noexcept {
  if (const auto home = home_.lock()) runs_.look_again();
}

void submission::interject(const std::function<void()>& change) {
  if (const auto home = home_.lock()) runs_.interject(change);
}

bool submission::cancel(task& one) {
  bool in_time = false;
  interject([&] {
    in_time = !one.is_ready() && revoke(one);
    if (in_time) settle(one, cancelled_error("the task was cancelled before it was done"));
  });
  return in_time;
}

bool submission::request_stop(task& one) {
  bool in_time = false;
  interject([&] {
    if (one.is_ready()) return;
    in_time = true;
    one.stop_asked_ = true;
    if (has_begun(one)) {
      batches_.of(one.item_).order_of[batch_table::place_of(one.item_)]->store(task_order::stop);
    } else {
      settle(one, cancelled_error("the task was asked to stop before it had begun"));
    }
  });
  return in_time;
}

bool submission::revoke(const task& one) {
  if (!has_begun(one)) return true;
  return !in_place_ && runs_.interrupt(*this, one.item_);
}

/// Tells whether a worker has begun the task. Where none has, none will: it is told to skip it.
bool submission::has_begun(const task& one) const {
  if (one.item_ == task::in_no_chunk) return false;
  std::atomic<task_order>* const order = batches_.of(one.item_).order_of[batch_table::place_of(one.item_)];
  if (order == nullptr) return false;  // nobody sees it, and it will be skipped
  if (in_place_) {
    auto expected = task_order::run;
    return !order->compare_exchange_strong(expected, task_order::skip) && expected != task_order::skip;
  }
  if (order->load() == task_order::stop) return true;
  order->store(task_order::skip);  // before looking how far the worker is
  return runs_.has_begun(*this, one.item_);
}

void submission::finish() {
  interject([this] { finishing_ = true; });
}

void submission::leave() noexcept {
  leaving_ = true;
  look_again();
}

}  // namespace yoke::detail
