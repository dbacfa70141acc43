#pragma once

#include <yoke/detail/callback.hpp>
#include <yoke/detail/joint_state.hpp>

#include <functional>
#include <optional>
#include <utility>

namespace yoke::detail {

/// chained_state is the state of what a callback makes of a future. Once the callback has been called, it and that
/// future are gone: a long chain holds its last link only.
template <class R, class Future, class Callback>
class chained_state final : public chain_link {
 public:
  chained_state(state_pointer part, Callback callback) : chain_link{std::move(part)}, callback_{std::move(callback)} {}

 private:
  [[nodiscard]] void* value() noexcept override { return value_.address(); }

  void call() override {
    std::optional<Callback> called{std::move(callback_)};
    callback_.reset();
    value_.fill([&]() -> R { return std::invoke(*std::move(called), future_access::make<Future>(take_source())); });
  }

  void forget_call() noexcept override { callback_.reset(); }

  std::optional<Callback> callback_;
  value_cell<R> value_;
};

}  // namespace yoke::detail
