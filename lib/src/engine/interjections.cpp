#include <yoke/detail/call_scope.hpp>

#include "engine/engine.hpp"

#include <utility>

namespace yoke::detail {

// What threads ask of an engine beside running jobs.

bool engine::completes_here() const { return !completions_.empty() && completion_list::may_run(); }

/// One future at a time: what a callback waits for may be the next one, and another thread may run that.
void engine::complete(std::unique_lock<std::mutex>& lock) {
  if (completion_list::left_outside()) {
    lock.unlock();
    completion_list::run_left();
    lock.lock();
  }
  while (completes_here()) {
    completion_list due{completions_.pop_future()};
    lock.unlock();
    due.run_here();
    lock.lock();
  }
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
