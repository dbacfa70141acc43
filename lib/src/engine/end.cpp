#include "engine/engine.hpp"
#include "engine/failure.hpp"

#include <algorithm>

namespace yoke::detail {

void engine::end(std::chrono::steady_clock::time_point when, const std::string& reason) {
  const entrance inside{*this, entrance::in::haste};
  if (when < end_at_) {
    end_at_ = when;
    end_reason_ = reason;
  }
  heed_end();
  retire_settled();
  workers_.nudge();  // the leader sleeps too long, or for nothing
}

void engine::give_up(job& work) {
  const entrance inside{*this};
  work.request_cancel();
  if (work.settled_) return;
  heed_cancellations();
  for (const std::uint64_t tag : ledger_.sent_from(work, 0)) workers_.interrupt(tag);
  retire_settled();
  workers_.nudge();
}

bool engine::cut_short() {
  const entrance inside{*this};
  return cut_short_;
}

std::vector<farewell> engine::take_farewells() {
  const entrance inside{*this};
  pump();
  return workers_.take_farewells();
}

void engine::stop_workers(bool drain) {
  const entrance inside{*this};
  workers_.stop(drain);
}

void engine::heed_end() {
  if (jobs_.empty() || end_at_ == std::chrono::steady_clock::time_point::max() ||
      std::chrono::steady_clock::now() < end_at_)
    return;
  cut_short_ = cut_short_ || !std::ranges::all_of(jobs_, [](const job* work) { return work->is_idle(); });
  const bool kills = workers_.describe().can_kill;
  for (job* work : jobs_) {
    // One for each: threads that share an error object would race for its end.
    if (!work->error_) work->error_ = shut_down_error(end_reason_);
    if (!kills && work->cut_ > 0) cut(*work, 0);
  }
  if (kills && !broken_) break_all(shut_down_error(end_reason_));
}

void engine::heed_cancellations() {
  for (job* work : jobs_) {
    work->heeded_ = work->heeded_ && is_cancelled(*work);
    if (work->cut_ == 0 || !is_cancelled(*work)) continue;
    if (work->outlives_cancel()) {
      withdraw(*work, 0, nullptr);
      work->cancels_seen_ = cancels_.asked;
      work->heeded_ = true;
      continue;
    }
    if (!work->error_) work->error_ = cancelled_error("the call was cancelled before all of its items were done");
    cut(*work, 0);
  }
}

void engine::withdraw(job& work, std::uint64_t from, const std::exception_ptr& error) {
  std::erase_if(work.waiting_, [&](std::uint64_t tag) {
    if (ledger_.find(tag)->message.first < from) return false;
    forget(tag, error);
    return true;
  });
  for (const std::uint64_t tag : ledger_.sent_from(work, from)) {
    if (!workers_.recall(tag)) continue;
    forget(tag, error);
    --work.in_flight_;
    ++counters_.chunks_recalled;
  }
}

bool engine::is_cancelled(const job& work) const {
  return work.cancel_requested_.load(std::memory_order_relaxed) || cancels_.interrupted ||
         cancels_.asked != work.cancels_seen_;
}

bool engine::anything_cancelled() const {
  return std::ranges::any_of(
      jobs_, [this](const job* work) { return work->cut_ != 0 && !work->heeded_ && is_cancelled(*work); });
}

}  // namespace yoke::detail
