#pragma once

#include <yoke/detail/callback.hpp>
#include <yoke/detail/completion.hpp>
#include <yoke/detail/joint_state.hpp>

#include <exception>
#include <functional>
#include <utility>

namespace yoke::detail {

/// chained_state is the state of what a callback makes of a future.
template <class R, class Future, class Callback>
class chained_state final : public joint_state {
 public:
  chained_state(state_pointer part, Callback callback)
      : joint_state{{std::move(part)}}, callback_{std::move(callback)} {}

  /// run calls the callback and settles the state, the part being ready.
  void run() noexcept {
    completion_list due;
    try {
      value_.fill([this]() -> R {
        return std::invoke(std::move(callback_), future_access::make<Future>(state_pointer{parts().front()}));
      });
      settle(nullptr, due);
    } catch (...) {
      settle(std::current_exception(), due);
    }
    drivers().look_again();
  }

 private:
  [[nodiscard]] void* value() noexcept override { return value_.address(); }

  Callback callback_;
  value_cell<R> value_;
};

}  // namespace yoke::detail
