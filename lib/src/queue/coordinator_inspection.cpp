#include "queue/coordinator_end.hpp"
#include "queue/queue_damaged.hpp"

#include <algorithm>
#include <utility>

namespace yoke::detail {

std::optional<coordinator_end::place> coordinator_end::running_now(std::uint64_t tag) const {
  for (std::uint32_t index = 0; index < sent_.size(); ++index) {
    if (!sent_[index].in_use || sent_[index].tag != tag) continue;
    const state_word state = state_word::unpack(layout_.slot(index).state.load(std::memory_order_acquire));
    if (state.state != chunk_state::claimed || state.seat >= layout_.shape().seats) return std::nullopt;
    const running_words& running = layout_.seat_at(state.seat).running;
    const std::uint64_t word = running.progress.item.load(std::memory_order_acquire);
    const hint held = hint::unpack(running.hint.load(std::memory_order_acquire));
    if (held.slot != index || held.generation != state.generation) return std::nullopt;
    return place{state.seat, state.incarnation, word};
  }
  return std::nullopt;
}

chunk_sight coordinator_end::look(std::uint64_t tag) const {
  if (const auto run = running_now(tag)) {
    const running_words& running = layout_.seat_at(run->seat).running;
    const std::uint64_t offset = run->word & progress_words::offset_mask;
    chunk_sight seen{.begun = (run->word & progress_words::ended_bit) != 0 ? offset : offset + 1};
    const std::uint64_t begin = running.offset.load();
    const std::uint64_t bytes = running.progress.bytes_before(offset, std::memory_order_acquire);
    // Where the worker has moved on, what was read may belong to other items.
    if (running.progress.item.load() != run->word) return seen;
    const std::size_t room = layout_.arena_range(run->seat).bytes;
    if (begin > room || bytes > room - begin) return seen;  // damaged: collect() will say so
    seen.done = offset;
    seen.results = {layout_.arena(run->seat) + begin, bytes};
    return seen;
  }
  for (std::uint32_t index = 0; index < sent_.size(); ++index) {
    if (!sent_[index].in_use || sent_[index].tag != tag) continue;
    const state_word state = state_word::unpack(layout_.slot(index).state.load(std::memory_order_acquire));
    return {.begun = state.state == chunk_state::done ? sent_[index].count : 0};
  }
  return {};
}

bool coordinator_end::is_accounted_for(std::uint32_t slot_index) const {
  const sent& chunk = sent_[slot_index];
  const state_word state = state_word::unpack(layout_.slot(slot_index).state.load(std::memory_order_acquire));
  if (state.generation != chunk.generation) return false;
  if (state.state == chunk_state::ready) return claims_.head.load() <= chunk.position;
  if (state.state != chunk_state::claimed && state.state != chunk_state::done) return false;
  if (state.seat >= layout_.shape().seats) return false;
  const seat_control& control = layout_.control(state.seat);
  const auto life = seat_life::unpack(control.life.load(std::memory_order_acquire));
  if (life.what == seat_life::free || life.incarnation != state.incarnation) return false;
  const seat& holder = layout_.seat_at(state.seat);
  if (holder.done_tail.load() != control.delivered.load()) return true;
  return std::ranges::any_of(holder.intents, [&](const shared_word& intent) {
    const hint held = hint::unpack(intent.load(std::memory_order_acquire));
    return held.slot == slot_index && held.generation == chunk.generation;
  });
}

void coordinator_end::inspect() {
  const bool alive = claims_.canary.load() == claim_words::alive && claims_.last_canary.load() == claim_words::alive;
  if (!alive) throw queue_damaged{"a task wrote over the words that guard the queue"};
  const std::uint64_t held = tail_ - claims_.head.load();
  if (held > layout_.ring_mask() + std::uint64_t{1}) throw queue_damaged{"the head of the queue is damaged"};
  for (std::uint32_t index = 0; index < sent_.size(); ++index) {
    sent& chunk = sent_[index];
    if (!chunk.in_use) continue;
    // Twice: its worker may have been between the two places that were looked at.
    const bool missed_before = std::exchange(chunk.missed, !is_accounted_for(index));
    if (chunk.missed && missed_before) throw queue_damaged{"a chunk was lost: its state word is damaged"};
  }
}

}  // namespace yoke::detail
