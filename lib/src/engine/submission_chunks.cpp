#include <yoke/errors.hpp>

#include "engine/submission.hpp"
#include "engine/task_timing.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace yoke::detail {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t kept_room = 1 << 20;

constexpr std::size_t round_up(std::size_t bytes) { return (bytes + 7) / 8 * 8; }

}  // namespace

std::uint32_t submission::typical(const task& one) {
  const std::uint32_t known = one.kind_.typical_ns.load(std::memory_order_relaxed);
  return known == 0 ? short_task_ns : known;
}

job::supply submission::next(chunk_message& out) {
  drain();
  relieve();
  while (front() != nullptr) {
    task_batch& batch = batches_.add();
    try {
      pack(batch);
      if (batch.count == 0) {  // none of them could be encoded
        batches_.remove(batch);
        continue;
      }
      out.count = batch.count;
      show(out, batch, 0);
    } catch (...) {
      unpack(batch);
      throw;
    }
    const task& first = *batch.tasks[0];
    out.entry = in_place_ ? &run_tasks_here : &run_tasks_there;
    out.closure = in_place_ ? &batch : nullptr;
    out.first = batch_table::item_at(batch, 0);
    out.deadline = first.rules_.deadline;
    out.guarded = !in_place_;
    out.single = true;  // what a worker has not begun can be taken from it only if it is in the chunk it runs
    batch.divisible = batch.count > 1;
    if (batch.divisible) {
      ++divisible_;
      batch.packed = clock::now();
    }
    return supply::chunk;
  }
  return finishing_ ? supply::end : supply::idle;
}

void submission::pack(task_batch& into) {
  into.scope = runs_.scope();
  scratch_.shrink(kept_room);
  const task_rules rules = first_->rules_;
  std::uint64_t took = 0;
  while (front() != nullptr) {
    took += typical(*first_);
    const bool full = into.count == task_batch::most || took > short_task_ns || scratch_.size() >= heaviest_chunk;
    if (into.count > 0 && (full || first_->rules_ != rules)) return;
    task& one = pop();
    const std::size_t place = into.count;
    into.offsets[place] = scratch_.size();
    if (!encode(&one)) {
      one.drop_reference();
      continue;
    }
    into.tasks[place] = &one;
    one.item_ = batch_table::item_at(into, place);
    ++into.count;
    ++into.unsettled;
  }
}

void submission::unpack(task_batch& from) noexcept {
  for (std::size_t place = from.count; place > 0; --place) {
    task& one = *std::exchange(from.tasks[place - 1], nullptr);
    one.item_ = task::in_no_chunk;
    enqueue_first(one);
  }
  batches_.remove(from);
}

/// Appends the record of a task, or, for none, of one to be skipped. False where the task could not be encoded: it is
/// settled with the reason.
bool submission::encode(task* one) {
  if (in_place_) return true;
  const std::size_t begin = scratch_.size();
  try {
    scratch_.reserve(sizeof(task_record));
    scratch_.commit(sizeof(task_record));
    if (one != nullptr) one->encode(scratch_);
    const std::size_t body = scratch_.size() - begin - sizeof(task_record);
    scratch_.reserve(round_up(body) - body);
    scratch_.commit(round_up(body) - body);
    task_record record{.entry = one != nullptr ? one->entry() : nullptr, .bytes = round_up(body), .order = {}};
    record.order.store(one != nullptr ? task_order::run : task_order::skip, std::memory_order_relaxed);
    scratch_.overwrite(begin, &record, sizeof record);
    return true;
  } catch (...) {
    scratch_.truncate(begin);
    if (one == nullptr) throw;
    settle(*one, std::current_exception());
    return false;
  }
}

/// Lets workers see the tasks from `place` on, which have been encoded.
void submission::show(chunk_message& out, task_batch& batch, std::size_t place) {
  std::byte* payload = nullptr;
  if (!in_place_) {
    const std::span bytes = scratch_.bytes();
    payload = workers_.allocate(bytes.size());
    std::memcpy(payload, bytes.data(), bytes.size());
    out.input = payload;
    out.input_bytes = bytes.size();
  }
  for (std::size_t k = place; k < place + out.count; ++k) {
    if (in_place_) {
      const bool runs = batch.tasks[k] != nullptr && !batch.tasks[k]->is_ready();
      batch.orders[k].store(runs ? task_order::run : task_order::skip, std::memory_order_relaxed);
      batch.order_of[k] = &batch.orders[k];
    } else {
      batch.order_of[k] = &reinterpret_cast<task_record*>(payload + batch.offsets[k])->order;
    }
  }
  ++chunks_out_;
}

void submission::prepare(chunk_message& part) {
  task_batch& batch = batches_.of(part.first);
  const std::size_t place = batch_table::place_of(part.first);
  scratch_.shrink(kept_room);
  for (std::size_t k = place; k < place + part.count; ++k) {
    batch.offsets[k] = scratch_.size();
    task* const one = batch.tasks[k];
    const bool runs = one != nullptr && !one->is_ready() && !refuse_beginning(*one);
    if (!runs || !encode(one)) encode(nullptr);
  }
  show(part, batch, place);
}

void submission::discard(const chunk_message& chunk) noexcept {
  --chunks_out_;
  task_batch& batch = batches_.of(chunk.first);
  const std::size_t place = batch_table::place_of(chunk.first);
  std::fill_n(batch.order_of.begin() + static_cast<std::ptrdiff_t>(place), chunk.count, nullptr);
  if (chunk.input != nullptr) workers_.release(const_cast<std::byte*>(chunk.input), chunk.input_bytes);
}

bool submission::starved(const std::exception_ptr& /*error*/) {
  if (front() == nullptr) return false;
  task& one = pop();
  settle(one, std::make_exception_ptr(too_large{
                  "yoke: the arguments of a task need more memory than the pool has: send less, or what says where it "
                  "is (a path, an index)"}));
  one.drop_reference();
  return true;
}

/// Settles what is done in chunks that take longer than expected, and divides them where a worker has nothing to do.
void submission::relieve() {
  if (divisible_ == 0) return;
  const auto now = clock::now();
  for (const auto& batch : batches_.all()) {
    if (!batch->divisible || now - batch->packed < overdue) continue;
    batch->packed = now;
    const std::uint64_t first = batch_table::item_at(*batch, 0);
    const chunk_sight seen = runs_.look(*this, first);
    settle_done(first, std::min<std::uint64_t>(seen.done, batch->count), seen.results);
    if (chunks_out_ < lanes_) take_out(*batch);
  }
}

void submission::take_out(task_batch& from) {
  from.divisible = false;
  --divisible_;
  if (!in_place_) {
    // Before looking how far the worker is. One that has begun may be skipped all the same; then it is sent again.
    for (std::size_t place = 0; place < from.count; ++place) {
      auto expected = task_order::run;
      if (from.order_of[place] != nullptr) from.order_of[place]->compare_exchange_strong(expected, task_order::skip);
    }
  }
  for (std::size_t place = from.count; place > 0; --place) {
    task*& one = from.tasks[place - 1];
    if (one == nullptr || one->is_ready() || from.order_of[place - 1] == nullptr || has_begun(*one)) continue;
    one->item_ = task::in_no_chunk;
    enqueue_first(*std::exchange(one, nullptr));
  }
}

std::chrono::nanoseconds submission::rest() const {
  const task* const newest = inbox_.load();
  if (newest != nullptr && newest != closed() && chunks_out_ < window_) return std::chrono::nanoseconds::zero();
  if (divisible_ == 0) return std::chrono::nanoseconds::max();
  return chunks_out_ < lanes_ ? overdue : 10 * overdue;
}

bool submission::is_idle() const { return inbox_.load() == nullptr && first_ == nullptr && chunks_out_ == 0; }

}  // namespace yoke::detail
