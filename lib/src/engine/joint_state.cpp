#include <yoke/detail/joint_state.hpp>

#include "engine/failure.hpp"

#include <algorithm>
#include <memory>

namespace yoke::detail {

/// step tells a watching state that one of its parts is ready.
class watching_state::step final : public completion {
 public:
  step(watching_state& whole, std::size_t part) : completion{completion::step::within}, whole_{&whole}, part_{part} {
    whole.add_reference();
  }
  ~step() override { whole_->drop_reference(); }

 private:
  void run(completion_list& due) noexcept override {
    const std::unique_ptr<step> self{this};
    whole_->part_ready(part_, due);
  }

  watching_state* whole_;
  std::size_t part_;
};

joint_state::joint_state(std::vector<state_pointer> parts) : parts_{std::move(parts)} {
  for (const state_pointer& part : parts_) part->collect_drivers(drivers_);
}

void watching_state::watch_parts() {
  for (std::size_t part = 0; part < parts().size(); ++part) parts()[part]->attach(std::make_unique<step>(*this, part));
}

bool joint_state::await(std::chrono::steady_clock::time_point until) {
  return drivers_.drive(until, [this] { return is_ready(); });
}

void joint_state::collect_drivers(driver_set& into) const { into.add(drivers_); }

bool joint_state::cancel() {
  bool any = false;
  for (const state_pointer& part : copy_parts()) any = (!part->is_ready() && part->cancel()) || any;
  return any;
}

bool joint_state::request_stop() {
  bool any = false;
  for (const state_pointer& part : copy_parts()) any = (!part->is_ready() && part->request_stop()) || any;
  return any;
}

std::vector<state_pointer> joint_state::take_parts() noexcept {
  const std::lock_guard lock{taking_};
  return std::exchange(parts_, {});
}

std::vector<state_pointer> joint_state::copy_parts() {
  const std::lock_guard lock{taking_};
  return parts_;
}

void chain_link::run() noexcept {
  completion_list due;
  try {
    call();
    settle(nullptr, due);
  } catch (...) {
    settle(std::current_exception(), due);
  }
  drivers().look_again();
}

void chain_link::drop() noexcept {
  completion_list due;
  const std::vector<state_pointer> source = take_parts();
  forget_call();
  settle(cancelled_error("the executor dropped the callback that then() gave it"), due);
  drivers().look_again();
}

chain_turn::~chain_turn() {
  if (link_) static_cast<chain_link&>(*link_.get()).drop();
}

void chain_turn::run() noexcept {
  const state_pointer held{std::move(link_)};
  static_cast<chain_link&>(*held.get()).run();
}

void all_ready_state::watch() {
  left_ = parts().size() + 1;  // one for this call: nothing is finished while parts are still being watched
  watch_parts();
  completion_list due;
  part_ready(0, due);
}

void all_ready_state::part_ready(std::size_t /*part*/, completion_list& due) noexcept {
  if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) finish(due);
}

void all_ready_state::finish(completion_list& due) noexcept {
  const auto failed = std::ranges::find_if(parts(), [](const state_pointer& part) { return part->error() != nullptr; });
  if (failed != parts().end()) return settle((*failed)->error(), due);
  try {
    fill();
  } catch (...) {
    return settle(std::current_exception(), due);
  }
  settle(nullptr, due);
}

state_pointer any_ready_state::make(std::vector<state_pointer> parts) {
  auto* const made = new any_ready_state{std::move(parts)};
  state_pointer held{made};
  made->watch_parts();
  return held;
}

void any_ready_state::part_ready(std::size_t part, completion_list& due) noexcept {
  if (found_.exchange(true)) return;
  first_ = part;
  settle(nullptr, due);
}

}  // namespace yoke::detail
