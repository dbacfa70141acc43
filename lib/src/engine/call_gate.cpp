#include "engine/call_gate.hpp"

#include <yoke/errors.hpp>

#include "engine/engine.hpp"

#include <algorithm>

namespace yoke::detail {

call_gate::call::call(call_gate& gate, engine& runs) : gate_{gate}, runs_{runs} {
  const std::lock_guard lock{gate_.mutex_};
  gate_.check_open();
  gate_.running_.push_back(&runs_);
}

call_gate::call::~call() {
  if (gate_.state_ != state::open && runs_.cut_short()) gate_.cut_short_ = true;
  const std::lock_guard lock{gate_.mutex_};
  gate_.running_.erase(std::ranges::find(gate_.running_, &runs_));
  if (gate_.running_.empty()) gate_.left_.notify_all();
}

call_gate::visit::visit(call_gate& gate) : gate_{gate}, scope_{&gate} {
  const std::lock_guard lock{gate_.mutex_};
  ++gate_.visits_;
}

call_gate::visit::~visit() {
  const std::lock_guard lock{gate_.mutex_};
  if (--gate_.visits_ == 0) gate_.left_.notify_all();
}

void call_gate::check_open() const {
  const state now = state_;
  if (now == state::open) return;
  const char* const how = now == state::joined ? "joined" : "stopped";
  throw pool_shut_down{std::string{"yoke: the pool was "} + how + " and takes no more calls: construct another one"};
}

void call_gate::close(state how) noexcept {
  state now = state_;
  while (now < how && !state_.compare_exchange_weak(now, how)) {
  }
}

void call_gate::end(std::chrono::steady_clock::time_point when, const std::string& reason) {
  const std::lock_guard lock{mutex_};
  for (auto each = running_.begin(); each != running_.end(); ++each) {
    if (std::find(running_.begin(), each, *each) == each) (*each)->end(when, reason);
  }
}

void call_gate::await_calls() {
  std::unique_lock lock{mutex_};
  left_.wait(lock, [this] { return running_.empty(); });
}

void call_gate::await_all() {
  std::unique_lock lock{mutex_};
  left_.wait(lock, [this] { return is_empty(); });
}

}  // namespace yoke::detail
