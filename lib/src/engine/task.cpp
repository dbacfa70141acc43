#include <yoke/detail/task.hpp>

#include "engine/submission.hpp"

namespace yoke::detail {

future_state::~future_state() = default;

void future_state::attach(std::unique_ptr<completion> what) {
  completion* const one = what.release();
  completion* newest = attached_.load(std::memory_order_acquire);
  do {
    if (newest == closed()) {
      completion_list rest;
      one->run(rest);
      return;
    }
    one->next_ = newest;
  } while (!attached_.compare_exchange_weak(newest, one, std::memory_order_acq_rel));
}

void future_state::settle(std::exception_ptr error, completion_list& ready) noexcept {
  error_ = std::move(error);
  ready_.store(true, std::memory_order_release);
  completion* newest = attached_.exchange(closed(), std::memory_order_acq_rel);
  completion* oldest = nullptr;
  while (newest != nullptr) {
    completion* const before = std::exchange(newest->next_, oldest);
    oldest = std::exchange(newest, before);
  }
  bool same = false;
  while (oldest != nullptr) {
    completion* const one = std::exchange(oldest, oldest->next_);
    if (one->when() == completion::step::within) {
      one->run(ready);
      same = false;  // it may have made another future ready
    } else {
      ready.push(*one, std::exchange(same, true));
    }
  }
}

completion* future_state::closed() noexcept {
  static constinit char mark = 0;
  return reinterpret_cast<completion*>(&mark);
}

task::~task() {
  if (owner_ != nullptr) owner_->drop_reference();
}

bool task::await(std::chrono::steady_clock::time_point until) {
  owner_->drive(until, [this] { return is_ready(); });
  return is_ready();
}

void task::collect_drivers(driver_set& into) const { into.add(*owner_); }

bool task::cancel() { return owner_->cancel(*this); }

bool task::request_stop() { return owner_->request_stop(*this); }

}  // namespace yoke::detail
