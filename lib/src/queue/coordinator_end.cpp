#include "queue/coordinator_end.hpp"

#include <yoke/cpu.hpp>

#include "queue/checksum.hpp"
#include "queue/queue_damaged.hpp"
#include "sys/clock.hpp"
#include "sys/crash_point.hpp"
#include "sys/event_descriptor.hpp"

#include <algorithm>
#include <new>

#include <poll.h>
#include <sched.h>
#include <unistd.h>

namespace yoke::detail {

coordinator_end::coordinator_end(const queue_layout& layout, int news, bool checks_sums)
    : layout_{layout},
      claims_{layout.claims()},
      words_{layout.coordinator()},
      news_{news},
      checks_sums_{checks_sums},
      sent_(layout.shape().slots) {
  free_.reserve(sent_.size());
  for (std::uint32_t slot = layout.shape().slots; slot > 0; --slot) free_.push_back(slot - 1);
}

bool coordinator_end::send(const chunk_message& message) {
  const std::uint64_t held = tail_ - claims_.head.load(std::memory_order_acquire);
  if (free_.empty() || held > layout_.ring_mask()) return false;
  const std::uint32_t index = free_.back();
  free_.pop_back();
  shared_word& word = layout_.slot(index).state;
  const std::uint32_t generation = state_word::unpack(word.load(std::memory_order_relaxed)).generation;
  sent_[index] = {.tag = message.tag,
                  .count = message.count,
                  .position = tail_,
                  .generation = generation,
                  .in_use = true,
                  .has_deadline = message.deadline.count() > 0};
  note_deadline(message.deadline);
  layout_.descriptor(index) = {.entry = message.entry,
                               .closure = message.closure,
                               .first = message.first,
                               .count = message.count,
                               .input = message.input,
                               .input_bytes = message.input_bytes,
                               .cut = message.cut,
                               .deadline = message.deadline.count(),
                               .guarded = message.guarded || message.deadline.count() > 0};
  word.store(state_word{chunk_state::ready, 0, 0, message.attempt, generation}.pack(), std::memory_order_release);
  layout_.ring(tail_).store(hint{index, generation, message.alone, message.single}.pack(), std::memory_order_relaxed);
  if (!message.resent) words_.first_sends.fetch_add(1, std::memory_order_relaxed);
  words_.tail.store(++tail_);
  ++unflushed_;
  return true;
}

void coordinator_end::flush() {
  if (unflushed_ == 0) return;
  wake(unflushed_);
  unflushed_ = 0;
}

void coordinator_end::wake(std::uint64_t workers) {
  words_.cpu.store(::sched_getcpu(), std::memory_order_relaxed);
  if (claims_.spinner.load() != 0 && claims_.spinner.exchange(0) != 0) --workers;
  for (std::uint32_t index = 0; index < layout_.shape().seats && workers > 0; ++index) {
    seat& sleeper = layout_.seat_at(index);
    if (sleeper.parked.load() == sleep_word::up) continue;
    if (sleeper.parked.exchange(sleep_word::up) != sleep_word::asleep) continue;
    sleeper.bell.ring();
    --workers;
  }
}

bool coordinator_end::recall(std::uint64_t tag) {
  for (std::uint32_t index = 0; index < sent_.size(); ++index) {
    if (!sent_[index].in_use || sent_[index].tag != tag) continue;
    shared_word& word = layout_.slot(index).state;
    std::uint64_t current = word.load(std::memory_order_acquire);
    const state_word state = state_word::unpack(current);
    if (state.state != chunk_state::ready) return false;
    const state_word freed{chunk_state::free, 0, 0, 0, state_word::next_generation(state.generation)};
    if (!word.compare_exchange_strong(current, freed.pack(), std::memory_order_acq_rel)) return false;
    forget(index);
    return true;
  }
  return false;
}

std::size_t coordinator_end::collect(event_sink& sink) {
  std::size_t events = 0;
  for (std::uint32_t index = 0; index < layout_.shape().seats; ++index) events += drain(index, sink);
  return events;
}

std::size_t coordinator_end::drain(std::uint32_t seat_index, event_sink& sink) {
  seat& from = layout_.seat_at(seat_index);
  seat_control& control = layout_.control(seat_index);
  std::uint64_t taken = control.delivered.load(std::memory_order_relaxed);
  const std::uint64_t published = from.done_tail.load(std::memory_order_acquire);
  if (published == taken) return 0;
  if (published - taken > done_capacity) throw queue_damaged{"a worker's ring of finished chunks is damaged"};
  const std::uint32_t incarnation = seat_life::unpack(control.life.load(std::memory_order_acquire)).incarnation;
  std::size_t events = 0;
  while (taken != published) {
    const done_record record = from.done[taken % done_capacity];
    if (deliver(seat_index, record, incarnation, sink)) ++events;
    control.delivered.store(++taken, std::memory_order_release);
  }
  return events;
}

bool coordinator_end::deliver(std::uint32_t seat_index, const done_record& record, std::uint32_t incarnation,
                              event_sink& sink) {
  const hint done = hint::unpack(record.hint);
  if (done.slot >= sent_.size() || !sent_[done.slot].in_use) return false;
  const state_word state = state_word::unpack(layout_.slot(done.slot).state.load(std::memory_order_acquire));
  const bool committed_here = state.state == chunk_state::done && state.seat == seat_index &&
                              state.incarnation == incarnation && state.generation == done.generation;
  if (!committed_here) return false;
  const std::span<const std::byte> bytes = results_of(seat_index, record.offset, record.total_bytes);
  if (checks_sums_ && checksum_of(record, bytes) != record.checksum) {
    throw queue_damaged{"the results of a chunk were written over before they were delivered"};
  }
  if (record.result_bytes > bytes.size() || record.items_done > sent_[done.slot].count) {
    throw queue_damaged{"a worker's record of a finished chunk is damaged"};
  }
  chunk_event event;
  event.what = chunk_event::kind::finished;
  event.tag = sent_[done.slot].tag;
  event.items_done = record.items_done;
  event.results = bytes.first(record.result_bytes);
  event.failed = record.failed != 0;
  if (event.failed) event.error = bytes.subspan(record.result_bytes);
  event.worker = record.worker;
  event.started = std::chrono::nanoseconds{std::max<std::int64_t>(0, record.started)};
  event.ended = std::max(event.started, std::chrono::nanoseconds{record.ended});
  event.life = {seat_index, incarnation};
  if (level_ == insights_level::items) event.slowest = record.slowest;
  reached(crash_point::delivering);
  release(done.slot, done.generation);
  sink.on_event(event);
  return true;
}

std::span<const std::byte> coordinator_end::results_of(std::uint32_t seat_index, std::uint64_t offset,
                                                       std::uint64_t bytes) const {
  const std::size_t room = layout_.arena_range(seat_index).bytes;
  if (offset > room || bytes > room - offset) throw queue_damaged{"a worker's results lie outside its arena"};
  return {layout_.arena(seat_index) + offset, bytes};
}

void coordinator_end::release(std::uint32_t slot_index, std::uint32_t generation) {
  const state_word freed{chunk_state::free, 0, 0, 0, state_word::next_generation(generation)};
  layout_.slot(slot_index).state.store(freed.pack(), std::memory_order_release);
  forget(slot_index);
}

void coordinator_end::forget(std::uint32_t slot_index) {
  sent& chunk = sent_[slot_index];
  chunk.in_use = false;
  free_.push_back(slot_index);
  if (chunk.has_deadline && --deadlines_ == 0) words_.shortest_deadline.store(0);
}

void coordinator_end::note_deadline(std::chrono::nanoseconds deadline) {
  if (deadline.count() <= 0) return;
  ++deadlines_;
  const std::uint64_t shortest = words_.shortest_deadline.load(std::memory_order_relaxed);
  const auto wanted = static_cast<std::uint64_t>(deadline.count());
  if (shortest != 0 && shortest <= wanted) return;
  words_.shortest_deadline.store(wanted);
  wants_watch_ = true;
}

bool coordinator_end::deaths_unseen() const {
  return layout_.supervisor().deaths.load(std::memory_order_acquire) != deaths_seen_;
}

std::size_t coordinator_end::recover(event_sink& sink) {
  deaths_seen_ = layout_.supervisor().deaths.load(std::memory_order_acquire);
  std::size_t events = 0;
  for (std::uint32_t index = 0; index < layout_.shape().seats; ++index) {
    const auto life = seat_life::unpack(layout_.control(index).life.load(std::memory_order_acquire));
    if (life.what == seat_life::dead) events += recover_seat(index, life.incarnation, sink);
  }
  // The dead may have swallowed a ring meant for work that is still there, or been the one that spun for it.
  if (const std::uint64_t waiting = tail_ - claims_.head.load(); waiting > 0) wake(waiting + 1);
  return events;
}

std::size_t coordinator_end::recover_seat(std::uint32_t seat_index, std::uint32_t incarnation, event_sink& sink) {
  seat& left = layout_.seat_at(seat_index);
  seat_control& control = layout_.control(seat_index);
  const bool gave_up = control.signal.load() == 0 && control.exit_status.load() == exit_queue_broken;
  if (gave_up && left.running.hint.load() == 0) throw queue_damaged{"a worker found the queue's lock damaged"};
  std::size_t events = drain(seat_index, sink);
  for (shared_word& intent : left.intents) {
    const std::uint64_t word = intent.load(std::memory_order_acquire);
    if (word == 0) continue;
    const hint claimed = hint::unpack(word);
    if (claimed.slot >= sent_.size() || !sent_[claimed.slot].in_use) continue;
    const state_word state = state_word::unpack(layout_.slot(claimed.slot).state.load(std::memory_order_acquire));
    const bool held =
        state.seat == seat_index && state.incarnation == incarnation && state.generation == claimed.generation;
    if (!held) continue;
    if (state.state == chunk_state::done) {
      const std::uint64_t unpublished = left.done_tail.load(std::memory_order_acquire);
      if (deliver(seat_index, left.done[unpublished % done_capacity], incarnation, sink)) ++events;
    } else if (state.state == chunk_state::claimed) {
      if (give_up(seat_index, claimed, left.running, sink)) ++events;
    }
  }
  if (level_ != insights_level::off) sink.on_worker_end(life_of(seat_index, incarnation));
  hear(seat_index);
  std::uint64_t spinner = seat_index + 1;
  claims_.spinner.compare_exchange_strong(spinner, 0);
  left.parked.store(sleep_word::up);
  new (&left.bell) doorbell{};
  left.running.hint.store(0, std::memory_order_relaxed);
  left.running.progress.item.store(0, std::memory_order_relaxed);
  for (shared_word& intent : left.intents) intent.store(0, std::memory_order_relaxed);
  new (&left.account) worker_account{};
  control.life.store(seat_life{seat_life::free, incarnation}.pack());
  return events;
}

bool coordinator_end::give_up(std::uint32_t seat_index, const hint& claimed, const running_words& running,
                              event_sink& sink) {
  const seat_control& control = layout_.control(seat_index);
  const sent chunk = sent_[claimed.slot];
  chunk_event event;
  event.what = chunk_event::kind::returned;
  event.tag = chunk.tag;
  event.worker = control.pid.load(std::memory_order_relaxed);
  event.signal = control.signal.load(std::memory_order_relaxed);
  event.exit_status = control.exit_status.load(std::memory_order_relaxed);
  event.cause = control.cause.load(std::memory_order_relaxed);
  event.life = {seat_index, seat_life::unpack(control.life.load(std::memory_order_relaxed)).incarnation};
  if (running.hint.load(std::memory_order_acquire) == claimed.pack()) {
    const std::uint64_t word = running.progress.item.load(std::memory_order_acquire);
    const bool ended = (word & progress_words::ended_bit) != 0;
    event.items_done = word & progress_words::offset_mask;
    if (event.items_done > chunk.count) throw queue_damaged{"a dead worker's progress words are damaged"};
    event.results = results_of(seat_index, running.offset.load(), running.progress.bytes_before(event.items_done));
    event.what = ended || event.items_done == chunk.count ? chunk_event::kind::finished : chunk_event::kind::lost;
    const worker_life life = life_of(seat_index, event.life.incarnation);
    event.ended = life.ended;
    event.started =
        life.running_since.count() != 0 ? std::clamp(life.running_since, life.born, life.ended) : life.ended;
  }
  const yoke::worker_end end = end_of(seat_index);
  event.end = &end;
  release(claimed.slot, claimed.generation);
  sink.on_event(event);
  return true;
}

void coordinator_end::start_over(event_sink& sink) {
  words_.insights.store(level_);
  tail_ = 0;
  unflushed_ = 0;
  deaths_seen_ = 0;
  deadlines_ = 0;
  std::vector<sent> lost;
  for (sent& chunk : sent_) {
    if (chunk.in_use) lost.push_back(chunk);
    chunk = {};
  }
  free_.clear();
  for (auto slot = static_cast<std::uint32_t>(sent_.size()); slot > 0; --slot) free_.push_back(slot - 1);
  std::ranges::sort(lost, {}, &sent::position);
  for (const sent& chunk : lost) {
    chunk_event event;
    event.what = chunk_event::kind::unknown;
    event.tag = chunk.tag;
    sink.on_event(event);
  }
}

void coordinator_end::measure(insights_level level) {
  level_ = level;
  words_.insights.store(level);
}

void coordinator_end::survey(life_sink& sink) const {
  for (std::uint32_t index = 0; index < layout_.shape().seats; ++index) {
    const seat_control& control = layout_.control(index);
    const auto life = seat_life::unpack(control.life.load(std::memory_order_acquire));
    const bool unborn = checks_sums_ && control.pid.load(std::memory_order_relaxed) == 0;
    if (life.what != seat_life::free && !unborn) sink.on_life(life_of(index, life.incarnation));
  }
}

void coordinator_end::all_gone() {
  const std::int64_t now = monotonic_now().count();
  for (std::uint32_t index = 0; index < layout_.shape().seats; ++index) {
    seat_control& control = layout_.control(index);
    if (control.ended.load() == 0) control.ended.store(now);
  }
}

void coordinator_end::bury(event_sink& sink) const {
  class gravedigger final : public life_sink {
   public:
    explicit gravedigger(event_sink& told) : told_{told} {}
    void on_life(const worker_life& life) override { told_.on_worker_end(life); }

   private:
    event_sink& told_;
  } digger{sink};
  if (level_ != insights_level::off) survey(digger);
}

worker_life coordinator_end::life_of(std::uint32_t seat_index, std::uint32_t incarnation) const {
  const seat_control& control = layout_.control(seat_index);
  worker_life life;
  layout_.seat_at(seat_index).account.read(life);
  life.id = {seat_index, incarnation};
  life.worker = control.pid.load(std::memory_order_relaxed);
  life.born = std::chrono::nanoseconds{control.born.load(std::memory_order_relaxed)};
  life.ended = std::chrono::nanoseconds{control.ended.load(std::memory_order_relaxed)};
  if (life.ended.count() == 0) return life;
  const obituary& record = layout_.obituary_of(seat_index);
  const std::chrono::nanoseconds user{record.user_time.load(std::memory_order_relaxed)};
  const std::chrono::nanoseconds system{record.system_time.load(std::memory_order_relaxed)};
  life.used.user = std::max(life.used.user, user);
  life.used.system = std::max(life.used.system, system);
  life.used.peak_memory = std::max(life.used.peak_memory, record.peak_memory.load(std::memory_order_relaxed));
  return life;
}

void coordinator_end::close() {
  words_.closing.store(true);
  for (std::uint32_t index = 0; index < layout_.shape().seats; ++index) layout_.seat_at(index).bell.ring();
}

bool coordinator_end::news() const {
  for (std::uint32_t index = 0; index < layout_.shape().seats; ++index) {
    if (layout_.seat_at(index).done_tail.load() != layout_.control(index).delivered.load(std::memory_order_relaxed)) {
      return true;
    }
  }
  return deaths_unseen() || layout_.supervisor().broken.load() != breakdown::none;
}

bool coordinator_end::arm() {
  static const std::size_t cpus = usable_cpus();
  crowded_ = in_flight() >= cpus;
  claims_.bell.arm();
  if (!news()) return true;
  claims_.bell.disarm();
  return false;
}

void coordinator_end::announce() {
  claims_.bell.arm();
  if (!news() && claims_.bell.sleep_on(collector_bell::on_descriptor)) return;
  claims_.bell.ring_for_the_dead(news_);
}

bool coordinator_end::park(std::chrono::nanoseconds at_most, int also) {
  collector_bell& bell = claims_.bell;
  // Where each CPU has a worker with something to do, spinning takes the CPU from one of them.
  const auto longest = crowded_ ? spin_budget::crowded : spin_budget::longest;
  if (spin_until(
          budget_, monotonic_now, [&bell] { return bell.rung(); }, longest))
    return true;
  const auto asleep = monotonic_now();
  const int here = ::sched_getcpu();
  const bool woken = also < 0 ? sleep_on_semaphore(at_most) : sleep_on_descriptors(at_most, also);
  if (woken && bell.rung_on() != here) budget_.news_came(monotonic_now() - asleep);
  bell.disarm();
  return woken;
}

bool coordinator_end::sleep_on_semaphore(std::chrono::nanoseconds at_most) {
  collector_bell& bell = claims_.bell;
  bell.semaphore().drain();
  return !bell.sleep_on(collector_bell::on_semaphore) || bell.semaphore().wait_for(at_most);
}

bool coordinator_end::sleep_on_descriptors(std::chrono::nanoseconds at_most, int also) {
  if (!claims_.bell.sleep_on(collector_bell::on_descriptor)) return true;
  std::array<pollfd, 2> watched{{{news_, POLLIN, 0}, {also, POLLIN, 0}}};
  const timespec limit = to_timespec(at_most);
  if (::ppoll(watched.data(), watched.size(), &limit, nullptr) <= 0) return false;
  if ((watched[0].revents & POLLIN) != 0) take_signal(news_);
  return true;
}

}  // namespace yoke::detail
