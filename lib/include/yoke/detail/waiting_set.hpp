#pragma once

#include <yoke/detail/driver.hpp>
#include <yoke/detail/future_state.hpp>

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

namespace yoke::detail {

/// waiting_set waits for some of several futures.
class waiting_set {
 public:
  enum class goal : unsigned char { all_completed, first_completed, first_error };

  /// A state that is there twice counts once.
  explicit waiting_set(const std::vector<state_pointer>& states);

  /// wait drives the pools until the goal is reached or the time is over.
  void wait(goal what, std::chrono::steady_clock::time_point until);

  /// divide says which are ready now, by positions, rising.
  void divide(std::vector<std::size_t>& ready, std::vector<std::size_t>& pending) const;

 private:
  struct member {
    future_state* state;
    std::size_t position;
  };

  [[nodiscard]] bool reached(goal what);

  std::vector<member> members_;
  std::vector<future_state*> left_;  // those that were not ready when last looked at
  bool any_ready_ = false;
  bool any_error_ = false;
  driver_set drivers_;
};

template <class Result>
Result wait_until(const std::vector<state_pointer>& states, waiting_set::goal what,
                  std::chrono::steady_clock::time_point until) {
  waiting_set all{states};
  all.wait(what, until);
  Result found;
  all.divide(found.ready, found.pending);
  return found;
}

}  // namespace yoke::detail
