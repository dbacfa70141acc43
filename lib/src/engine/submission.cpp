#include "engine/submission.hpp"

#include <yoke/detail/error_record.hpp>
#include <yoke/errors.hpp>

#include "engine/failure.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace yoke::detail {
namespace {

// A task that takes longer than this travels alone, and so does one that nobody has timed.
constexpr std::uint32_t short_task_ns = 10'000;
// This many short tasks are sent at a time while the workers have something to do.
constexpr std::uint32_t handful = 32;
// Chunks that each worker may have in line: what it can do while nobody drives the engine.
constexpr std::size_t line_per_worker = 64;
constexpr std::size_t longest_line = 512;
constexpr std::size_t heaviest_chunk = 64 << 10;
constexpr std::size_t kept_room = 1 << 20;

constexpr std::size_t round_up(std::size_t bytes) { return (bytes + 7) / 8 * 8; }

std::exception_ptr task_cancelled() {
  return std::make_exception_ptr(yoke::cancelled{"yoke: the task was cancelled before it was done"});
}

std::exception_ptr failure_of(std::exception_ptr thrown, int worker) {
  try {
    rethrow(describe(std::move(thrown)), 0, worker);
  } catch (...) {
    return std::current_exception();
  }
}

void learn(task_kind& kind, std::uint32_t took) {
  const std::uint32_t known = kind.typical_ns.load(std::memory_order_relaxed);
  std::uint32_t better = took;
  if (known != 0) better = took > known ? known + (took - known) / 2 : known - (known - took) / 4;
  kind.typical_ns.store(std::max<std::uint32_t>(better, 1), std::memory_order_relaxed);
}

}  // namespace

submission::submission(engine& runs, backend& workers, const cancel_switch& cancels)
    : job{{.grain = 1,
           .keeps_partial = true,
           .collects_errors = true,
           .leaves_items = true,
           .reruns_externals = false}},
      runs_{runs},
      workers_{workers},
      cancels_{cancels},
      lanes_{static_cast<std::uint32_t>(workers.describe().workers)},
      window_{std::min(line_per_worker * lanes_, longest_line)},
      in_place_{workers.describe().shares_memory} {}

submission::~submission() = default;

void submission::drop_reference() noexcept {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

task* submission::closed() noexcept {
  static constinit char mark = 0;
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

std::uint32_t submission::typical(const task& one) {
  const std::uint32_t known = one.kind_.typical_ns.load(std::memory_order_relaxed);
  return known == 0 ? short_task_ns : known;
}

void submission::drain() {
  task* newest = inbox_.load();
  if (newest == nullptr || newest == closed()) return;
  newest = inbox_.exchange(nullptr);
  task* oldest = nullptr;
  while (newest != nullptr) {
    task* const before = std::exchange(newest->next_, oldest);
    oldest = std::exchange(newest, before);
  }
  while (oldest != nullptr) {
    task* const one = oldest;
    oldest = one->next_;
    enqueue(*one);
  }
}

void submission::enqueue(task& one) noexcept {
  one.next_ = nullptr;
  (last_ == nullptr ? first_ : last_->next_) = &one;
  last_ = &one;
}

void submission::pop() noexcept {
  first_ = first_->next_;
  if (first_ == nullptr) last_ = nullptr;
}

task* submission::front() {
  while (first_ != nullptr && first_->is_ready()) {  // cancelled meanwhile
    task* const over = first_;
    pop();
    over->drop_reference();
  }
  return first_;
}

job::supply submission::next(chunk_message& out) {
  drain();
  while (front() != nullptr) {
    task_batch& batch = batches_.add();
    try {
      pack(batch);
      if (batch.count == 0) {  // none of them could be encoded
        batches_.remove(batch);
        continue;
      }
      out.count = batch.count;
      put_in_payload(out, batch, 0);
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
    out.single = typical(first) >= short_task_ns;
    ++chunks_out_;
    return supply::chunk;
  }
  return finishing_ ? supply::end : supply::idle;
}

void submission::pack(task_batch& into) {
  scratch_.shrink(kept_room);
  into.scope = &runs_;
  const task_rules rules = first_->rules_;
  std::uint64_t took = 0;
  while (task* const one = front()) {
    took += typical(*one);
    const bool full = into.count == task_batch::most || took > short_task_ns || scratch_.size() >= heaviest_chunk;
    if (into.count > 0 && (full || one->rules_ != rules)) return;
    const std::size_t begin = scratch_.size();
    pop();
    if (!in_place_ && !encode(*one, begin)) {
      one->drop_reference();
      continue;
    }
    const std::size_t place = into.count++;
    ++into.left;
    into.tasks[place] = one;
    into.offsets[place] = static_cast<std::uint32_t>(begin);
    one->item_ = batch_table::item_at(into, place);
  }
}

bool submission::encode(task& one, std::size_t begin) {
  const bool skipped = one.is_ready();
  try {
    scratch_.reserve(sizeof(task_record));
    scratch_.commit(sizeof(task_record));
    if (!skipped) one.encode(scratch_);
    const std::size_t body = scratch_.size() - begin - sizeof(task_record);
    const std::size_t padding = round_up(body) - body;
    scratch_.reserve(padding);
    scratch_.commit(padding);
    task_record record{.entry = one.entry(), .bytes = round_up(body), .order = {}};
    record.order.store(skipped ? task_order::skip : task_order::run, std::memory_order_relaxed);
    scratch_.overwrite(begin, &record, sizeof record);
    return true;
  } catch (...) {
    scratch_.truncate(begin);
    settle(one, std::current_exception());
    return false;
  }
}

void submission::unpack(task_batch& from) noexcept {
  for (std::size_t place = from.count; place > 0; --place) {
    task* const one = std::exchange(from.tasks[place - 1], nullptr);
    one->item_ = task::in_no_chunk;
    one->next_ = first_;
    first_ = one;
    if (last_ == nullptr) last_ = one;
  }
  batches_.remove(from);
}

void submission::put_in_payload(chunk_message& out, const task_batch& batch, std::size_t place) {
  if (in_place_) return;
  const std::span bytes = scratch_.bytes();
  std::byte* const memory = workers_.allocate(bytes.size());
  std::memcpy(memory, bytes.data(), bytes.size());
  out.input = memory;
  out.input_bytes = bytes.size();
  for (std::size_t k = place; k < place + out.count; ++k) {
    batch.tasks[k]->remote_order_ = &reinterpret_cast<task_record*>(memory + batch.offsets[k])->order;
  }
}

void submission::prepare(chunk_message& part) {
  task_batch& batch = batches_.of(part.first);
  const std::size_t place = batch_table::place_of(part.first);
  scratch_.shrink(kept_room);
  for (std::size_t k = place; k < place + part.count; ++k) {
    task& one = *batch.tasks[k];
    auto left = task_order::leave;
    one.order_.compare_exchange_strong(left, task_order::run);
    if (in_place_) continue;
    batch.offsets[k] = static_cast<std::uint32_t>(scratch_.size());
    if (!encode(one, scratch_.size())) encode(one, scratch_.size());  // the second time it is one to be skipped
  }
  put_in_payload(part, batch, place);
  ++chunks_out_;
}

void submission::discard(const chunk_message& chunk) noexcept {
  --chunks_out_;
  if (chunk.input == nullptr) return;
  const task_batch& batch = batches_.of(chunk.first);
  const std::size_t place = batch_table::place_of(chunk.first);
  for (std::size_t k = place; k < place + chunk.count; ++k) {
    if (batch.tasks[k] != nullptr) batch.tasks[k]->remote_order_ = nullptr;
  }
  workers_.release(const_cast<std::byte*>(chunk.input), chunk.input_bytes);
}

void submission::abandon(const chunk_message& chunk, const std::exception_ptr& error) noexcept {
  for (std::uint64_t item = chunk.first; item < chunk.first + chunk.count; ++item) {
    task& one = *batches_.of(item).tasks[batch_table::place_of(item)];
    if (error == nullptr && !is_cancelled(one)) {
      one.add_reference();
      part_with(item);
      enqueue(one);
      continue;
    }
    if (!one.is_ready()) settle(one, error ? error : task_cancelled());
    part_with(item);
  }
}

void submission::settle(task& one, std::exception_ptr error) noexcept {
  one.drop_call();
  one.settle(std::move(error), runs_.completions());
}

void submission::part_with(std::uint64_t item) noexcept {
  task_batch& batch = batches_.of(item);
  task* const one = std::exchange(batch.tasks[batch_table::place_of(item)], nullptr);
  one->remote_order_ = nullptr;
  one->item_ = task::in_no_chunk;
  if (--batch.left == 0) batches_.remove(batch);
  one->drop_reference();
}

void submission::deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) {
  byte_reader frames{results};
  for (std::uint64_t item = first; item < first + count; ++item) {
    task& one = *batches_.of(item).tasks[batch_table::place_of(item)];
    std::exception_ptr error;
    if (in_place_) {
      if (one.thrown_) error = failure_of(std::exchange(one.thrown_, nullptr), one.worker_);
    } else {
      error = take(one, frames);
    }
    if (!one.is_ready()) settle(one, std::move(error));
    part_with(item);
  }
}

std::exception_ptr submission::take(task& one, byte_reader& frames) noexcept {
  try {
    const auto frame = frames.read<result_frame>();
    const std::span body{frames.take(frame.bytes), static_cast<std::size_t>(frame.bytes)};
    if (one.is_ready()) return nullptr;
    if (frame.what == result_frame::kind::error) return task_failure_error(body, 0, frame.worker);
    if (frame.what != result_frame::kind::value) throw_damaged("a result that is none");
    byte_reader value{body};
    one.take(value);
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

void submission::fail(std::uint64_t item, std::exception_ptr error) {
  task& one = *batches_.of(item).tasks[batch_table::place_of(item)];
  if (!one.is_ready()) settle(one, std::move(error));
  part_with(item);
}

void submission::observe(std::uint64_t first, std::uint64_t items, std::chrono::nanoseconds took) {
  const auto each = std::clamp<std::int64_t>(took.count() / static_cast<std::int64_t>(items), 1, 1'000'000'000);
  const task_kind* last = nullptr;
  for (std::uint64_t item = first; item < first + items; ++item) {
    task_kind& kind = batches_.of(item).tasks[batch_table::place_of(item)]->kind_;
    if (&kind == last) continue;
    learn(kind, static_cast<std::uint32_t>(each));
    last = &kind;
  }
}

job_rules submission::rules_for(std::uint64_t item) const {
  job_rules all = rules();
  const task& one = *batches_.of(item).tasks[batch_table::place_of(item)];
  if (one.is_ready()) return all;  // cancelled: it is not to run again
  all.reruns_externals = one.rules_.reruns_externals;
  all.attempts = one.rules_.attempts;
  return all;
}

bool submission::starved(const std::exception_ptr& /*error*/) {
  task* const one = front();
  if (one == nullptr) return false;
  pop();
  settle(*one,
         std::make_exception_ptr(too_large{
             "yoke: the arguments of a task need more memory than the pool has: send less, or a path or an index"}));
  one->drop_reference();
  return true;
}

bool submission::is_cancelled(const task& one) const {
  return one.cancels_seen_ != cancels_.asked || cancels_.interrupted;
}

bool submission::outlives_cancel() {
  drain();
  task* waiting = std::exchange(first_, nullptr);
  last_ = nullptr;
  while (waiting != nullptr) {
    task& one = *std::exchange(waiting, waiting->next_);
    if (!is_cancelled(one)) {
      enqueue(one);
      continue;
    }
    if (!one.is_ready()) settle(one, task_cancelled());
    one.drop_reference();
  }
  return true;
}

void submission::close(const std::exception_ptr& why) noexcept {
  const std::exception_ptr error = why ? why : shut_down_error("the pool has ended");
  drain();
  for (task* newest = inbox_.exchange(closed()); newest != nullptr;) {  // came in this very moment
    task* const before = newest->next_;
    enqueue(*newest);
    newest = before;
  }
  while (task* const one = front()) {
    pop();
    settle(*one, error);
    one->drop_reference();
  }
}

bool submission::is_idle() const { return inbox_.load() == nullptr && first_ == nullptr && chunks_out_.load() == 0; }

bool submission::has_news() const {
  return inbox_.load() != nullptr && inbox_.load() != closed() && chunks_out_.load() < window_;
}

bool submission::cancel(task& one) {
  bool in_time = false;
  interject([&] {
    in_time = !one.is_ready() && revoke(one);
    if (in_time) settle(one, task_cancelled());
  });
  return in_time;
}

bool submission::revoke(task& one) {
  if (one.item_ == task::in_no_chunk) return true;
  if (in_place_) {
    auto expected = task_order::run;
    return one.order_.compare_exchange_strong(expected, task_order::skip) ||
           (expected == task_order::leave && one.order_.compare_exchange_strong(expected, task_order::skip));
  }
  if (one.remote_order_ != nullptr) one.remote_order_->store(task_order::skip);  // before looking how far the worker is
  return runs_.revoke(*this, one.item_);
}

/// visit is a thread inside the engine, on behalf of a future.
class submission::visit {
 public:
  explicit visit(submission& at) : at_{at} {
    const std::lock_guard lock{at_.door_};
    inside_ = at_.open_;
    if (inside_) ++at_.inside_;
  }
  visit(const visit&) = delete;
  visit& operator=(const visit&) = delete;
  ~visit() {
    if (!inside_) return;
    const std::lock_guard lock{at_.door_};
    if (--at_.inside_ == 0) at_.left_.notify_all();
  }

  explicit operator bool() const { return inside_; }

 private:
  submission& at_;
  bool inside_ = false;
};

bool submission::await(const future_state& of, std::chrono::steady_clock::time_point until) {
  if (const visit inside{*this}) return runs_.drive(until, [&of] { return of.is_ready(); });
  return of.is_ready();
}

void submission::poll() {
  if (const visit inside{*this}) runs_.poll();
}

void submission::interject(const std::function<void()>& change) {
  if (const visit inside{*this}) runs_.interject(change);
}

void submission::finish() {
  interject([this] { finishing_ = true; });
}

void submission::leave() {
  std::unique_lock lock{door_};
  open_ = false;
  left_.wait(lock, [this] { return inside_ == 0; });
}

}  // namespace yoke::detail
