#include <yoke/detail/failure_of.hpp>

#include "engine/failure.hpp"
#include "engine/submission.hpp"

#include <algorithm>
#include <utility>

namespace yoke::detail {
namespace {

/// Rises fast, as a task that takes long among others makes them wait, and falls slowly.
void learn(task_kind& kind, std::uint32_t took) {
  const std::uint32_t known = kind.typical_ns.load(std::memory_order_relaxed);
  std::uint32_t better = took;
  if (known != 0) better = took > known ? known + (took - known) / 2 : known - (known - took) / 4;
  kind.typical_ns.store(std::max<std::uint32_t>(better, 1), std::memory_order_relaxed);
}

}  // namespace

task*& submission::place_of(std::uint64_t item) const { return batches_.of(item).tasks[batch_table::place_of(item)]; }

void submission::settle(task& one, std::exception_ptr error) noexcept {
  one.drop_call();
  one.settle(std::move(error), runs_.completions());
}

void submission::part_with(std::uint64_t item) noexcept {
  task_batch& batch = batches_.of(item);
  task* const one = std::exchange(place_of(item), nullptr);
  if (--batch.unsettled == 0) {
    if (std::exchange(batch.divisible, false)) --divisible_;
    batches_.remove(batch);
  }
  if (one == nullptr) return;
  one->item_ = task::in_no_chunk;
  one->drop_reference();
}

void submission::send_again(std::uint64_t item) noexcept {
  task* const one = std::exchange(place_of(item), nullptr);
  part_with(item);
  if (one == nullptr) return;
  one->item_ = task::in_no_chunk;
  if (refuse_beginning(*one)) return one->drop_reference();
  enqueue_first(*one);
}

/// Settles a task that was asked to stop and would have to begin, for the first time or again. False: it may begin.
bool submission::refuse_beginning(task& one) noexcept {
  if (one.stop_asked_) settle(one, cancelled_error("the task was asked to stop, and its worker did not finish it"));
  return one.stop_asked_;
}

void submission::deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) {
  settle_done(first, count, results);
  for (std::uint64_t item = first; item < first + count; ++item) {
    const task* const one = place_of(item);
    if (one != nullptr && !one->is_ready()) {  // it was to run elsewhere, had begun, and was left out all the same
      send_again(item);
    } else {
      part_with(item);
    }
  }
}

/// Settles tasks that a worker is done with; the places stay theirs until the chunk's event comes.
void submission::settle_done(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) {
  byte_reader frames{results};
  std::exception_ptr damage;
  for (std::uint64_t item = first; item < first + count; ++item) {
    task* const one = place_of(item);
    const bool wanted = one != nullptr && !one->is_ready();
    if (in_place_) {
      const task_order order = batches_.of(item).orders[batch_table::place_of(item)];
      if (wanted && order != task_order::skip)
        settle(*one, one->thrown_ ? failure_of(std::exchange(one->thrown_, nullptr), 0, one->worker_) : nullptr);
      continue;
    }
    result_frame frame{};
    std::span<const std::byte> body;
    try {
      frame = frames.read<result_frame>();
      body = {frames.take(frame.bytes), static_cast<std::size_t>(frame.bytes)};
    } catch (...) {
      damage = std::current_exception();
    }
    if (!wanted || (damage == nullptr && frame.what == result_frame::kind::skipped)) continue;
    settle(*one, damage != nullptr ? damage : take(*one, frame, body));
  }
}

std::exception_ptr submission::take(task& one, const result_frame& frame, std::span<const std::byte> body) noexcept {
  try {
    if (frame.what == result_frame::kind::error) return task_failure_error(body, 0, frame.worker);
    byte_reader value{body};
    one.take(value);
    return nullptr;
  } catch (...) {
    return failure_of(std::current_exception(), 0, frame.worker);
  }
}

void submission::fail(std::uint64_t item, std::exception_ptr error) {
  task* const one = place_of(item);
  if (one != nullptr && !one->is_ready()) settle(*one, std::move(error));
  part_with(item);
}

void submission::abandon(const chunk_message& chunk, const std::exception_ptr& error) noexcept {
  for (std::uint64_t item = chunk.first; item < chunk.first + chunk.count; ++item) {
    task* const one = place_of(item);
    const bool wanted = one != nullptr && !one->is_ready();
    if (wanted && error == nullptr && !is_cancelled(*one)) {
      send_again(item);
      continue;
    }
    if (wanted) settle(*one, error != nullptr ? error : cancelled_error("the task was cancelled before it was done"));
    part_with(item);
  }
}

void submission::observe(std::uint64_t first, std::uint64_t items, std::chrono::nanoseconds took) {
  const auto each = std::clamp<std::int64_t>(took.count() / static_cast<std::int64_t>(items), 1, 1'000'000'000);
  const task_kind* last = nullptr;
  for (std::uint64_t item = first; item < first + items; ++item) {
    if (place_of(item) == nullptr || &place_of(item)->kind_ == last) continue;
    learn(place_of(item)->kind_, static_cast<std::uint32_t>(each));
    last = &place_of(item)->kind_;
  }
}

job_rules submission::rules_for(std::uint64_t item) const {
  job_rules all = rules();
  const task* const one = place_of(item);
  if (one == nullptr || one->is_ready()) return all;  // it is not to run here again
  all.reruns_externals = one->rules_.reruns_externals;
  all.attempts = one->rules_.attempts;
  return all;
}

bool submission::is_cancelled(const task& one) const {
  return one.cancels_seen_ != cancels_.asked || cancels_.interrupted;
}

bool submission::outlives_cancel() {
  drain();
  task* waiting = std::exchange(first_, nullptr);
  last_ = nullptr;
  while (waiting != nullptr) {
    task& one = *waiting;
    waiting = one.next_;
    if (!is_cancelled(one)) {
      enqueue(one);
      continue;
    }
    if (!one.is_ready()) settle(one, cancelled_error("the task was cancelled before it was done"));
    one.drop_reference();
  }
  return true;
}

void submission::close(const std::exception_ptr& why) noexcept {
  const std::exception_ptr error = why ? why : shut_down_error("the pool has ended");
  task* newest = inbox_.exchange(closed());
  while (newest != nullptr) {
    task& one = *newest;
    newest = one.next_;
    enqueue(one);
  }
  while (front() != nullptr) {
    task& one = pop();
    settle(one, error);
    one.drop_reference();
  }
}

}  // namespace yoke::detail
