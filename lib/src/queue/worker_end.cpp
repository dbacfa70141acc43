#include "queue/worker_end.hpp"

#include "engine/running_item.hpp"
#include "lent_files.hpp"
#include "queue/checksum.hpp"
#include "start/code_map.hpp"
#include "sys/clock.hpp"
#include "sys/crash_point.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iostream>

#include <sched.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

constexpr std::chrono::milliseconds longest_sleep{250};
constexpr std::chrono::seconds longest_lock_wait{5};

}  // namespace

void flush_output() {
  std::cout.flush();
  std::fflush(nullptr);
}

worker_end::worker_end(const queue_layout& layout, segment& home, std::uint32_t seat_index, std::uint32_t incarnation,
                       const wiring& wires)
    : layout_{layout},
      claims_{layout.claims()},
      coordinator_{layout.coordinator()},
      control_{layout.control(seat_index)},
      seat_{layout.seat_at(seat_index)},
      index_{seat_index},
      incarnation_{incarnation},
      wires_{wires},
      arena_{home, layout.arena_range(seat_index), control_.delivered.load(std::memory_order_acquire)},
      account_{seat_.account, coordinator_.insights} {}

std::size_t worker_end::run_claimed(std::uint64_t most_chunks) {
  account_.looks_for_work();
  const std::size_t claimed = claim(std::min<std::uint64_t>(most_chunks, claim_batch));
  for (std::size_t position = 0; position < claimed; ++position) run(position);
  return claimed;
}

std::size_t worker_end::claim(std::uint64_t most) {
  if (most == 0 || !work_in_sight()) return 0;
  switch (claims_.lock.lock_for(longest_lock_wait)) {
    case lock_outcome::locked:
    case lock_outcome::owner_died:
      break;  // a dead owner left at worst a stale hint behind, which its claimer drops
    case lock_outcome::timed_out:
      // Whoever stands still with the lock, stopped or starved, is replaced: its death frees the lock.
      if (!wires_.own_process || kill_holder()) return 0;
      [[fallthrough]];
    case lock_outcome::broken:
      ::_exit(exit_queue_broken);
  }
  reached(crash_point::locked);
  std::uint64_t head = claims_.head.load(std::memory_order_relaxed);
  const std::uint64_t tail = coordinator_.tail.load(std::memory_order_acquire);
  if (tail - head > layout_.ring_mask() + std::uint64_t{1}) ::_exit(exit_queue_broken);
  const std::uint64_t share = (tail - head) / (2 * std::uint64_t{layout_.shape().workers});
  const auto wanted = static_cast<std::size_t>(std::clamp<std::uint64_t>(share, 1, most));
  std::size_t claimed = 0;
  while (claimed < wanted && head != tail) {
    const hint next = hint::unpack(layout_.ring(head).load(std::memory_order_relaxed));
    const bool by_itself = next.alone || next.single;
    if (by_itself && claimed > 0) break;
    if (next.alone && wires_.own_process && items_run_ > 0) {
      stale_ = true;
      break;
    }
    if (claim_one(next, claimed)) ++claimed;
    claims_.head.store(++head, std::memory_order_release);
    reached(crash_point::head_moved);
    if (by_itself && claimed > 0) break;
  }
  claims_.lock.unlock();
  reached(crash_point::unlocked);
  return claimed;
}

bool worker_end::kill_holder() const {
  const pid_t holder = claims_.lock.holder();
  for (std::uint32_t index = 0; index < layout_.shape().seats; ++index) {
    const seat_control& control = layout_.control(index);
    if (seat_life::unpack(control.life.load()).what != seat_life::live || control.pid.load() != holder) continue;
    if (index != index_) ::kill(holder, SIGKILL);
    return true;
  }
  return holder == 0;  // given back at this very moment
}

bool worker_end::claim_one(const hint& wanted, std::size_t position) {
  seat_.intents[position].store(wanted.pack(), std::memory_order_release);
  reached(crash_point::intent_written);
  shared_word& word = layout_.slot(wanted.slot).state;
  std::uint64_t current = word.load(std::memory_order_acquire);
  state_word state = state_word::unpack(current);
  if (state.state == chunk_state::ready && state.generation == wanted.generation) {
    state.state = chunk_state::claimed;
    state.seat = index_;
    state.incarnation = incarnation_;
    if (word.compare_exchange_strong(current, state.pack(), std::memory_order_acq_rel)) {
      reached(crash_point::claimed);
      held_[position] = wanted;
      return true;
    }
  }
  seat_.intents[position].store(0, std::memory_order_relaxed);
  return false;
}

void worker_end::run(std::size_t position) {
  const hint mine = held_[position];
  const chunk_descriptor chunk = layout_.descriptor(mine.slot);
  const std::uint64_t tail = seat_.done_tail.load(std::memory_order_relaxed);
  wait_for_room(tail);
  arena::sink results = arena_.open(control_.delivered.load(std::memory_order_acquire));

  running_words& running = seat_.running;
  const bool timed = account_.level() == insights_level::items;
  item_timer timer;
  item_marks marks{running.progress, ++epoch_, chunk.guarded, timed ? &timer : nullptr};
  running.offset.store(results.offset(), std::memory_order_relaxed);
  running.hint.store(mine.pack(), std::memory_order_release);

  const auto started = monotonic_now();
  account_.chunk_begins(started);
  chunk_call call{chunk.closure, chunk.first, chunk.count, chunk.input, chunk.input_bytes, results, marks};
  call.worker = wires_.worker;
  call.code = wires_.code;
  if (chunk.cut != nullptr) call.cut = chunk.cut;
  if (wires_.own_process) begin_lending();
  {
    const running_item now{running.progress, call};
    if (call.wants(0)) entry_here(chunk.entry)(call);
  }
  items_run_ += call.items_done + (call.failed ? 1 : 0);
  if (timed) timer.end();
  if (!call.failed) marks.end(call.items_done, call.result_bytes);
  if (wires_.own_process) flush_output();
  reached(crash_point::chunk_run);
  const auto ended = monotonic_now();
  account_.chunk_ends(ended);

  done_record& record = seat_.done[tail % done_capacity];
  record.hint = mine.pack();
  record.offset = results.offset();
  record.result_bytes = call.result_bytes;
  record.total_bytes = results.size();
  record.items_done = call.items_done;
  record.started = started.count();
  record.ended = ended.count();
  record.worker = wires_.worker;
  record.failed = call.failed ? 1 : 0;
  record.checksum = wires_.own_process ? checksum_of(record, {results.data(), results.size()}) : 0;
  if (timed) record.slowest = timer.slowest();
  reached(crash_point::record_written);

  if (commit(mine)) {
    reached(crash_point::committed);
    arena_.close(results);
    seat_.done_tail.store(tail + 1);
    reached(crash_point::published);
  }
  running.hint.store(0, std::memory_order_relaxed);
  account_.is_free();
  seat_.intents[position].store(0, std::memory_order_release);
  reached(crash_point::intent_cleared);
  claims_.bell.ring(wires_.news);
}

chunk_entry worker_end::entry_here(chunk_entry entry) const {
  if (wires_.code == nullptr) return entry;
  const std::uintptr_t here = wires_.code->here(reinterpret_cast<std::uintptr_t>(entry));
  if (here == 0) ::_exit(exit_queue_broken);  // the coordinator sends none of these
  return reinterpret_cast<chunk_entry>(here);
}

void worker_end::wait_for_room(std::uint64_t tail) {
  const auto full = [&] {
    const std::uint64_t delivered = control_.delivered.load(std::memory_order_acquire);
    return tail - delivered >= done_capacity || !arena_.is_roomy(delivered);
  };
  while (full() && !coordinator_.closing) {
    claims_.bell.ring(wires_.news);
    reached(crash_point::room_wanted);
    seat_.bell.wait_for(std::chrono::milliseconds{1});
  }
}

bool worker_end::commit(const hint& done) {
  state_word state{chunk_state::claimed, index_, incarnation_, 0, done.generation};
  shared_word& word = layout_.slot(done.slot).state;
  std::uint64_t current = word.load(std::memory_order_relaxed);
  state.attempt = state_word::unpack(current).attempt;
  if (current != state.pack()) return false;
  state.state = chunk_state::done;
  return word.compare_exchange_strong(current, state.pack(), std::memory_order_acq_rel);
}

bool worker_end::work_in_sight() const { return claims_.head.load() != coordinator_.tail.load(); }

bool worker_end::spin() {
  std::uint64_t nobody = 0;
  if (!claims_.spinner.compare_exchange_strong(nobody, index_ + 1)) return false;
  const bool found = spin_until(budget_, monotonic_now, [this] { return work_in_sight() || coordinator_.closing; });
  std::uint64_t mine = index_ + 1;
  claims_.spinner.compare_exchange_strong(mine, 0);
  return found;
}

bool worker_end::wait() {
  if (spin()) return work_in_sight() || !coordinator_.closing;
  account_.rests();
  seat_.bell.drain();
  sleep_word still = sleep_word::looking;
  seat_.parked.store(still);
  if (!work_in_sight() && !coordinator_.closing && seat_.parked.compare_exchange_strong(still, sleep_word::asleep)) {
    reached(crash_point::asleep);
    const auto asleep = monotonic_now();
    const int here = ::sched_getcpu();
    if (seat_.bell.wait_for(longest_sleep) && coordinator_.cpu != here) budget_.news_came(monotonic_now() - asleep);
  }
  seat_.parked.store(sleep_word::up);
  reached(crash_point::woken);
  return work_in_sight() || !coordinator_.closing;
}

}  // namespace yoke::detail
