#pragma once

#include <yoke/detail/future_state.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

namespace yoke::detail {

inline constexpr auto for_ever = std::chrono::steady_clock::time_point::max();

/// callback is a function of the user's that is called when a future is ready.
template <class Function>
class callback final : public completion {
 public:
  explicit callback(Function function) : completion{step::after}, function_{std::move(function)} {}

 private:
  void run(completion_list& /*due*/) noexcept override {
    const std::unique_ptr<callback> self{this};
    std::invoke(std::move(function_));
  }

  Function function_;
};

template <class Function>
void attach_callback(future_state& state, Function function) {
  state.attach(std::make_unique<callback<Function>>(std::move(function)));
}

/// future_access makes futures of states, and looks into them.
struct future_access {
  template <class Future>
  static Future make(state_pointer state) {
    return Future{std::move(state)};
  }
  template <class Future>
  static const state_pointer& state(const Future& of) {
    return of.checked();
  }
};

}  // namespace yoke::detail
