#include "engine/engine.hpp"
#include "engine/failure.hpp"

#include <algorithm>
#include <utility>

namespace yoke::detail {

void engine::end(std::chrono::steady_clock::time_point when, std::exception_ptr error) {
  const entrance inside{*this};
  if (when < end_at_) {
    end_at_ = when;
    end_error_ = std::move(error);
  }
  heed_end();
  retire_settled();
  workers_.nudge();  // the leader sleeps too long, or for nothing
}

bool engine::cut_short() {
  const entrance inside{*this};
  return cut_short_;
}

void engine::stop_workers(bool drain) {
  const entrance inside{*this};
  workers_.stop(drain);
}

void engine::heed_end() {
  if (end_error_ == nullptr || jobs_.empty() || std::chrono::steady_clock::now() < end_at_) return;
  cut_short_ = true;
  if (workers_.describe().can_kill) {
    if (!broken_) break_all(end_error_);
    return;
  }
  for (job* work : jobs_) {
    if (work->cut_ == 0) continue;
    if (!work->error_) work->error_ = end_error_;
    cut(*work, 0);
  }
}

void engine::heed_cancellations() {
  for (job* work : jobs_) {
    if (work->cut_ == 0 || !is_cancelled(*work)) continue;
    if (!work->error_) work->error_ = cancelled_error();
    cut(*work, 0);
  }
}

bool engine::is_cancelled(const job& work) const {
  return work.cancel_requested_.load(std::memory_order_relaxed) || cancels_.interrupted ||
         cancels_.asked != work.cancels_seen_;
}

bool engine::anything_cancelled() const {
  return std::ranges::any_of(jobs_, [this](const job* work) { return work->cut_ != 0 && is_cancelled(*work); });
}

}  // namespace yoke::detail
