#include "workers/item_watch.hpp"

#include <algorithm>
#include <csignal>

namespace yoke::detail {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds politeness = 50ms;    // between the flag and SIGTERM
constexpr std::chrono::nanoseconds termination = 100ms;  // between SIGTERM and SIGKILL
constexpr std::chrono::nanoseconds shortest_tick = 1ms;
constexpr std::chrono::nanoseconds longest_tick = 50ms;
constexpr std::chrono::nanoseconds pressing_tick = 5ms;

}  // namespace

void item_watch::look(std::chrono::nanoseconds now, const std::unordered_map<pid_t, std::uint32_t>& workers) {
  if (doomed_ == 0 && layout_.coordinator().shortest_deadline.load() == 0) return;
  for (const auto& [pid, seat_index] : workers) look_at(now, pid, seat_index);
}

void item_watch::look_at(std::chrono::nanoseconds now, pid_t pid, std::uint32_t seat_index) {
  subject& worker = subjects_[pid];
  if (worker.at != step::watched) return press(now, pid, worker);
  const running_words& running = layout_.seat_at(seat_index).running;
  const std::uint64_t held = running.hint.load(std::memory_order_acquire);
  const std::uint64_t word = running.progress.item.load(std::memory_order_acquire);
  if (word != worker.word) {
    worker = {.word = word, .since = now};
    return;
  }
  const hint chunk = hint::unpack(held);
  if (held == 0 || chunk.slot >= layout_.shape().slots) return;
  const chunk_descriptor& what = layout_.descriptor(chunk.slot);
  const bool finished = (word & progress_words::ended_bit) != 0 || (word & progress_words::offset_mask) >= what.count;
  if (what.deadline == 0 || finished || now - worker.since < std::chrono::nanoseconds{what.deadline}) return;
  doom(now, seat_index, pid, word, end_cause::deadline);
}

bool item_watch::interrupt(std::chrono::nanoseconds now, std::uint32_t seat_index, pid_t pid, std::uint64_t word) {
  if (!doom(now, seat_index, pid, word, end_cause::interrupted)) return false;
  press(now + politeness, pid, subjects_[pid]);
  return true;
}

bool item_watch::doom(std::chrono::nanoseconds now, std::uint32_t seat_index, pid_t pid, std::uint64_t word,
                      end_cause why) {
  shared_word& item = layout_.seat_at(seat_index).running.progress.item;
  if (!item.compare_exchange_strong(word, word | progress_words::doom_bit)) return false;
  seat_control& control = layout_.control(seat_index);
  control.cause.store(why);
  control.stop_requested.store(true);
  subjects_[pid] = {.word = word | progress_words::doom_bit, .since = now, .at = step::asked};
  ++doomed_;
  return true;
}

void item_watch::press(std::chrono::nanoseconds now, pid_t pid, subject& doomed) {
  if (doomed.at == step::asked && now - doomed.since >= politeness) {
    ::kill(pid, SIGTERM);
    doomed = {.word = doomed.word, .since = now, .at = step::terminated};
  } else if (doomed.at == step::terminated && now - doomed.since >= termination) {
    ::kill(-pid, SIGKILL);
    ::kill(pid, SIGKILL);
  }
}

void item_watch::forget(pid_t pid) {
  const auto known = subjects_.find(pid);
  if (known == subjects_.end()) return;
  if (known->second.at != step::watched) --doomed_;
  subjects_.erase(known);
}

std::chrono::nanoseconds item_watch::tick() const {
  if (doomed_ > 0) return pressing_tick;
  const std::chrono::nanoseconds deadline{layout_.coordinator().shortest_deadline.load()};
  if (deadline.count() == 0) return std::chrono::nanoseconds::max();
  return std::clamp(deadline / 16, shortest_tick, longest_tick);
}

std::chrono::nanoseconds item_watch::next_look(std::chrono::nanoseconds now) const {
  const auto wait = tick();
  return wait == std::chrono::nanoseconds::max() ? wait : now + wait;
}

}  // namespace yoke::detail
