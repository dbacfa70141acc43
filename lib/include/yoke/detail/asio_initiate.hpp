#pragma once

#include <yoke/detail/task_of.hpp>
#include <yoke/pool.hpp>

#include <exception>
#include <tuple>
#include <type_traits>
#include <utility>

#include <boost/asio/async_result.hpp>

namespace yoke::detail {

/// asio_signature is what handlers of an operation that makes a T are called with.
template <class T>
struct asio_signature {
  static_assert(std::is_default_constructible_v<T>,
                "yoke: a handler gets a value beside its error, so the type of the result needs a default constructor: "
                "return a std::optional of it");
  using type = void(std::exception_ptr, T);
};
template <>
struct asio_signature<void> {
  using type = void(std::exception_ptr);
};

/// asio_begin is the initiating function of an operation whose future `make(pool)` returns.
template <class T, class Pump, class Token, class Make>
auto asio_begin(Pump& pump, Token&& token, Make&& make) {
  using signature = typename asio_signature<T>::type;
  return boost::asio::async_initiate<Token, signature>(
      [&pump](auto&& handler, auto made) {
        pump.template begin<T>(std::forward<decltype(handler)>(handler), std::move(made));
      },
      token, std::forward<Make>(make));
}

/// asio_submit is the one of a task.
template <class Pump, class Token, class Function, class... Arguments>
auto asio_submit(Pump& pump, Token&& token, Function&& function, Arguments&&... arguments) {
  using result = task_result<Function, Arguments...>;
  return asio_begin<result>(
      pump, std::forward<Token>(token),
      [function = std::decay_t<Function>(std::forward<Function>(function)),
       arguments = std::tuple<stored_argument<Arguments>...>(std::forward<Arguments>(arguments)...)](pool& on) mutable {
        return std::apply([&](auto&... each) { return on.submit(std::move(function), std::move(each)...); }, arguments);
      });
}

}  // namespace yoke::detail
