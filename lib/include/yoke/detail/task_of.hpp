#pragma once

#include <yoke/codec.hpp>
#include <yoke/detail/task.hpp>

#include <concepts>
#include <cstddef>
#include <cstring>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace yoke::detail {

/// stored_argument is what submit keeps of an argument until the task runs: a copy that refers to nothing. Text becomes
/// a std::string.
template <class Argument>
using stored_argument = std::conditional_t<std::is_same_v<std::decay_t<Argument>, std::string_view> ||
                                               std::is_same_v<std::decay_t<Argument>, const char*> ||
                                               std::is_same_v<std::decay_t<Argument>, char*>,
                                           std::string, std::decay_t<Argument>>;

/// submittable is a callable that can be called with these arguments, once, by value.
template <class Function, class... Arguments>
concept submittable = std::invocable<std::decay_t<Function>, stored_argument<Arguments>...>;

/// task_result is the type of the future of such a call.
template <class Function, class... Arguments>
using task_result = std::remove_cvref_t<std::invoke_result_t<std::decay_t<Function>, stored_argument<Arguments>...>>;

/// invoke_once calls `function` with the arguments, all given away.
template <class R, class Function, class... Arguments>
R invoke_once(Function&& function, std::tuple<Arguments...>& arguments) {
  return std::apply(
      [&](Arguments&... each) -> R {
        if constexpr (std::is_void_v<R>) {
          static_cast<void>(std::invoke(std::forward<Function>(function), std::move(each)...));
        } else {
          return std::invoke(std::forward<Function>(function), std::move(each)...);
        }
      },
      arguments);
}

/// task_of is a task of one type.
template <class R, class Function, class... Arguments>
class task_of final : public task {
 public:
  template <class F, class... A>
  explicit task_of(F&& function, A&&... arguments)
      : task{kind()}, call_(std::forward<F>(function), std::forward<A>(arguments)...) {}

  [[nodiscard]] static task_kind& kind() noexcept {
    static constinit task_kind one;
    return one;
  }

  static constexpr bool travels = std::is_trivially_copyable_v<Function>;

  /// resident_entry is what entry() returns.
  [[nodiscard]] static constexpr task_entry resident_entry() noexcept {
    if constexpr (travels) {
      return &run_there;
    } else {
      return nullptr;
    }
  }

  [[nodiscard]] const Function& function() const noexcept { return call_.function; }

 private:
  ~task_of() override { drop_call(); }

  struct call {
    template <class F, class... A>
    explicit call(F&& sent, A&&... given) : function(std::forward<F>(sent)), arguments(std::forward<A>(given)...) {}

    Function function;
    std::tuple<Arguments...> arguments;
  };

  void run_here() noexcept override {
    try {
      value_.fill([this]() -> R { return invoke_once<R>(std::move(call_.function), call_.arguments); });
    } catch (...) {
      thrown_ = std::current_exception();
    }
    drop_call();
  }

  static void run_there(const chunk_call& here, byte_reader& in, byte_sink& out) {
    alignas(Function) std::byte room[sizeof(Function)];
    if constexpr (!std::is_empty_v<Function>) std::memcpy(room, in.take(sizeof(Function)), sizeof(Function));
    auto& sent = *std::launder(reinterpret_cast<Function*>(room));
    std::tuple<Arguments...> arguments{detail::decode<Arguments>(in)...};
    auto call_it = [&]() -> R {
      if constexpr (is_function_pointer<Function>) {
        return invoke_once<R>(callable_here(here, sent), arguments);
      } else {
        return invoke_once<R>(std::move(sent), arguments);
      }
    };
    if constexpr (std::is_void_v<R>) {
      call_it();
    } else {
      detail::encode(out, static_cast<const R&>(call_it()));
    }
  }

  [[nodiscard]] task_entry entry() const noexcept override { return resident_entry(); }

  void encode(byte_sink& into) const override {
    if constexpr (travels && !std::is_empty_v<Function>) into.append(std::addressof(call_.function), sizeof(Function));
    std::apply([&](const Arguments&... each) { (detail::encode(into, each), ...); }, call_.arguments);
  }

  void take(byte_reader& from) override {
    if constexpr (!std::is_void_v<R>) value_.fill([&]() -> R { return detail::decode<R>(from); });
  }

  void drop_call() noexcept override {
    if (std::exchange(holds_call_, false)) std::destroy_at(std::addressof(call_));
  }

  [[nodiscard]] void* value() noexcept override { return value_.address(); }

  // No std::optional: it asks whether a call can be assigned to, and g++ 12 then takes a closure with a const capture
  // for one that is not trivially copyable.
  union {
    call call_;
  };
  bool holds_call_ = true;
  value_cell<R> value_;
};

}  // namespace yoke::detail
