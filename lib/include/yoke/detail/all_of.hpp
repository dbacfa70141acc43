#pragma once

#include <yoke/detail/callback.hpp>
#include <yoke/detail/joint_state.hpp>
#include <yoke/future.hpp>

#include <cstddef>
#include <functional>
#include <ranges>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace yoke::detail {

template <class T>
inline constexpr bool is_future = false;
template <class T>
inline constexpr bool is_future<future<T>> = true;

/// as_future sees the future in one, in a pointer to one, and in a reference wrapper around one.
template <class T>
const future<T>& as_future(const future<T>& one) {
  return one;
}
template <class T>
const future<T>& as_future(const future<T>* one) {
  return *one;
}
template <class T>
const future<T>& as_future(const std::reference_wrapper<future<T>>& one) {
  return one.get();
}

/// future_range is a range of what as_future takes.
template <class Futures>
concept future_range = std::ranges::input_range<const Futures&> &&
    requires(std::ranges::range_reference_t<const Futures&> one) {
  detail::as_future(one);
};

/// states_of returns the states of futures, in order. Throws std::future_error where one is not valid.
template <class Futures>
std::vector<state_pointer> states_of(const Futures& futures) {
  std::vector<state_pointer> states;
  if constexpr (std::ranges::sized_range<const Futures&>) states.reserve(std::ranges::size(futures));
  for (const auto& each : futures) states.push_back(future_access::state(as_future(each)));
  return states;
}

/// value_of_part moves the value out of a part that has one.
template <class T>
auto value_of_part(const state_pointer& part) {
  if constexpr (std::is_void_v<T>) {
    return std::monostate{};
  } else {
    return std::move(*static_cast<T*>(part->value()));
  }
}

/// vector_of_all is the state of all futures of a vector.
template <class T>
class vector_of_all final : public all_ready_state {
 public:
  using result =
      std::conditional_t<std::is_void_v<T>, void, std::vector<std::conditional_t<std::is_void_v<T>, char, T>>>;

  static future<result> make(std::vector<state_pointer> parts) {
    auto* const made = new vector_of_all{std::move(parts)};
    state_pointer held{made};
    made->watch();
    return future_access::make<future<result>>(std::move(held));
  }

 private:
  explicit vector_of_all(std::vector<state_pointer> parts) : all_ready_state{std::move(parts)} {}

  [[nodiscard]] void* value() noexcept override { return value_.address(); }

  void fill() override {
    if constexpr (!std::is_void_v<T>) {
      result all;
      all.reserve(parts().size());
      for (const state_pointer& part : parts()) all.push_back(value_of_part<T>(part));
      value_.fill([&]() -> result&& { return std::move(all); });
    }
  }

  value_cell<result> value_;
};

/// tuple_of_all is the state of all futures of several types.
template <class... T>
class tuple_of_all final : public all_ready_state {
 public:
  using result = std::tuple<decltype(value_of_part<T>(std::declval<const state_pointer&>()))...>;

  static future<result> make(std::vector<state_pointer> parts) {
    auto* const made = new tuple_of_all{std::move(parts)};
    state_pointer held{made};
    made->watch();
    return future_access::make<future<result>>(std::move(held));
  }

 private:
  explicit tuple_of_all(std::vector<state_pointer> parts) : all_ready_state{std::move(parts)} {}

  [[nodiscard]] void* value() noexcept override { return value_.address(); }

  void fill() override {
    auto part = parts().begin();
    value_.fill([&]() -> result { return result{value_of_part<T>(*part++)...}; });
  }

  value_cell<result> value_;
};

template <class T>
auto all_of(std::vector<future<T>> futures) {
  return vector_of_all<T>::make(states_of(futures));
}

template <class... T>
auto all_of_these(future<T>... futures) {
  return tuple_of_all<T...>::make({future_access::state(futures)...});
}

inline future<std::size_t> any_of(std::vector<state_pointer> states) {
  if (states.empty()) throw std::invalid_argument{"yoke: when_any of no futures is never ready"};
  return future_access::make<future<std::size_t>>(any_ready_state::make(std::move(states)));
}

}  // namespace yoke::detail
