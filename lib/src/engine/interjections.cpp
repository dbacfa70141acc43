#include <yoke/detail/call_scope.hpp>

#include "engine/engine.hpp"

#include <utility>

namespace yoke::detail {

// What threads ask of an engine beside running jobs.

namespace {

// A callback that waits may run others meanwhile, which may wait in their turn: so deep, and no deeper.
constexpr int most_completing = 16;
thread_local constinit int completing_deep = 0;

}  // namespace

bool engine::completes_here() const { return !completions_.empty() && completing_deep < most_completing; }

/// One at a time: what a callback waits for may be the next one, and another thread may run that.
void engine::complete(std::unique_lock<std::mutex>& lock) {
  if (completion_list::left_outside() && completing_deep < most_completing) {
    completion_list none;
    complete_here(none, lock);
  }
  while (completes_here()) {
    completion_list due;
    due.push(*completions_.pop());
    complete_here(due, lock);
  }
}

void engine::complete_here(completion_list& due, std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  ++completing_deep;
  due.run_here();
  --completing_deep;
  lock.lock();
}

void engine::poll() {
  workers_.check_original();
  if (call_scope::inside(scope_)) return;
  entrance inside{*this};
  if (polled_) workers_.hush();
  pump();
  complete(inside.lock());
  announce();
}

void engine::kick() {
  const entrance inside{*this};
  pump(!workers_.runs_in_receive());
  announce();
}

void engine::interject(const std::function<void()>& change) {
  workers_.check_original();
  refuse_inside();
  entrance inside{*this};
  {
    const call_scope scope{scope_};
    change();
  }
  wake_done();
  workers_.nudge();
  complete(inside.lock());
  announce();
}

void engine::look_again() noexcept {
  ++looks_asked_;
  workers_.nudge();
}

bool engine::has_begun(const job& work, std::uint64_t item) {
  const ledger_entry* const entry = ledger_.find_item(work, item);
  return entry != nullptr && entry->sent && item - entry->message.first < workers_.look(entry->message.tag).begun;
}

chunk_sight engine::look(const job& work, std::uint64_t first) {
  const ledger_entry* const entry = ledger_.find_item(work, first);
  if (entry == nullptr || !entry->sent || entry->message.first != first) return {};
  return workers_.look(entry->message.tag);
}

bool engine::interrupt(const job& work, std::uint64_t item) {
  const ledger_entry* const entry = ledger_.find_item(work, item);
  return entry != nullptr && entry->sent && workers_.interrupt(entry->message.tag, item - entry->message.first);
}

int engine::native_handle() {
  workers_.check_original();
  const entrance inside{*this};
  polled_ = true;
  announce();
  return workers_.native_handle();
}

void engine::announce() {
  if (polled_ && !led_ && !broken_) workers_.announce(!completions_.empty());
}

}  // namespace yoke::detail
