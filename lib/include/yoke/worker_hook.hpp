#pragma once

#include <yoke/codec.hpp>
#include <yoke/detail/chunk_call.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace yoke {
namespace detail {

/// call_hook calls a hook in a worker, as if it were a chunk of one item.
template <class Callable, bool keeps_result>
void call_hook(chunk_call& call) {
  try {
    decltype(auto) here = callable_here(call, *static_cast<const Callable*>(call.closure));
    using result = std::remove_cvref_t<std::invoke_result_t<const Callable&>>;
    if constexpr (keeps_result && !std::is_void_v<result>) {
      detail::encode(call.results, static_cast<const result&>(std::invoke(here)));
    } else {
      static_cast<void>(std::invoke(here));
    }
    finish_chunk(call);
  } catch (...) {
    fail_chunk(call, 0, 0);
  }
}

/// worker_hook is a callable that each worker calls once in its life. Empty where there is none.
class worker_hook {
 public:
  worker_hook() = default;

  [[nodiscard]] explicit operator bool() const { return entry_ != nullptr; }

  [[nodiscard]] chunk_entry entry() const { return entry_; }
  /// callable is where the callable lies as long as a copy of this hook lives; `bytes` is its size.
  [[nodiscard]] const void* callable() const { return callable_.get(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// copies_plainly: its bytes may be copied to another process. has_state: they say more than its type does.
  [[nodiscard]] bool copies_plainly() const { return copies_plainly_; }
  [[nodiscard]] bool has_state() const { return has_state_; }
  /// function is the function that the callable is a pointer to, 0 where it is something else.
  [[nodiscard]] std::uintptr_t function() const { return function_; }

 protected:
  template <bool keeps_result, class Callable>
  static worker_hook of(Callable&& given) {
    using callable = std::decay_t<Callable>;
    worker_hook made;
    const auto kept = std::make_shared<callable>(std::forward<Callable>(given));
    if constexpr (is_function_pointer<callable>) {
      made.function_ = reinterpret_cast<std::uintptr_t>(*kept);
    } else if constexpr (std::is_trivially_copyable_v<callable>) {
      __builtin_clear_padding(kept.get());  // it may hold old addresses
    }
    made.entry_ = &call_hook<callable, keeps_result>;
    made.callable_ = kept;
    made.bytes_ = sizeof(callable);
    made.copies_plainly_ = std::is_trivially_copyable_v<callable>;
    made.has_state_ = !std::is_empty_v<callable> && !is_function_pointer<callable>;
    return made;
  }

 private:
  chunk_entry entry_ = nullptr;
  std::shared_ptr<const void> callable_;
  std::size_t bytes_ = 0;
  std::uintptr_t function_ = 0;
  bool copies_plainly_ = false;
  bool has_state_ = false;
};

/// hook_callable is what a Hook can be made of: it takes nothing, and is called as const.
template <class Callable, class Hook>
concept hook_callable =
    !std::same_as<std::remove_cvref_t<Callable>, Hook> && std::invocable<const std::decay_t<Callable>&> &&
    std::constructible_from<std::decay_t<Callable>, Callable>;

}  // namespace detail

inline namespace v0 {

/// worker_initializer is what a worker does first, see pool_options::initializer. It is made of any callable that takes
/// nothing; what that returns is dropped.
class worker_initializer : public detail::worker_hook {
 public:
  worker_initializer() = default;
  template <detail::hook_callable<worker_initializer> Callable>
  worker_initializer(Callable&& callable)  // NOLINT(google-explicit-constructor,bugprone-forwarding-reference-overload)
      : worker_hook{of<false>(std::forward<Callable>(callable))} {}
};

/// worker_finalizer is what a worker does last, see pool_options::finalizer. It is made of any callable that takes
/// nothing and returns nothing, or what can be a result of a task.
class worker_finalizer : public detail::worker_hook {
 public:
  worker_finalizer() = default;
  template <detail::hook_callable<worker_finalizer> Callable>
  worker_finalizer(Callable&& callable)  // NOLINT(google-explicit-constructor,bugprone-forwarding-reference-overload)
      : worker_hook{of<true>(std::forward<Callable>(callable))} {
    using result = std::remove_cvref_t<std::invoke_result_t<const std::decay_t<Callable>&>>;
    if constexpr (!std::is_void_v<result>) detail::require_result<result>();
    result_ = &typeid(result);
  }

  /// result is the type it returns; null where there is no finalizer.
  [[nodiscard]] const std::type_info* result() const { return result_; }

 private:
  const std::type_info* result_ = nullptr;
};

}  // namespace v0
}  // namespace yoke
