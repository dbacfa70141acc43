#include <yoke/detail/waiting_set.hpp>

#include <algorithm>
#include <unordered_set>

namespace yoke::detail {

waiting_set::waiting_set(const std::vector<state_pointer>& states) {
  std::unordered_set<const future_state*> known;
  members_.reserve(states.size());
  for (std::size_t position = 0; position < states.size(); ++position) {
    future_state* const state = states[position].get();
    if (!known.insert(state).second) continue;
    members_.push_back({state, position});
    left_.push_back(state);
    state->collect_drivers(drivers_);
  }
}

void waiting_set::wait(goal what, std::chrono::steady_clock::time_point until) {
  if (!members_.empty() && !reached(what)) drivers_.drive(until, [this, what] { return reached(what); });
}

bool waiting_set::reached(goal what) {
  std::erase_if(left_, [this](const future_state* each) {
    if (!each->is_ready()) return false;
    any_ready_ = true;
    any_error_ = any_error_ || each->error() != nullptr;
    return true;
  });
  if (left_.empty()) return true;
  return what == goal::first_completed ? any_ready_ : what == goal::first_error && any_error_;
}

void waiting_set::divide(std::vector<std::size_t>& ready, std::vector<std::size_t>& pending) const {
  for (const member& each : members_) (each.state->is_ready() ? ready : pending).push_back(each.position);
}

}  // namespace yoke::detail
