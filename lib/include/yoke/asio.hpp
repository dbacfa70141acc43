#pragma once

#include <yoke/detail/asio_bell.hpp>
#include <yoke/detail/asio_initiate.hpp>
#include <yoke/detail/asio_operation.hpp>
#include <yoke/future.hpp>
#include <yoke/pool.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

// Tasks of a pool as asynchronous operations of Boost.Asio (1.78 or later). yoke.hpp does not include this header.

namespace yoke {
inline namespace v0 {

/// asio_pump fetches a pool's results in the threads that run an Asio execution context, without any other thread:
///
///     boost::asio::io_context context;
///     yoke::pool pool;
///     yoke::asio_pump pump{pool, context.get_executor()};
///     yoke::async_submit(pump, is_prime, 1'000'003, [](std::exception_ptr error, bool prime) { ... });
///     context.run();
///
/// A context runs out of work when all operations are complete. The pool may be used in every other way, too. Context
/// and pool have to outlive the pump. Its end completes what is pending with yoke::cancelled; a task that runs where it
/// cannot be ended, in a thread, runs on unheard.
class asio_pump {
 public:
  asio_pump(pool& on, const boost::asio::any_io_executor& executor)
      : pool_{on}, bell_{std::make_shared<detail::asio_bell>(on, executor)} {}
  ~asio_pump() {
    std::vector<std::weak_ptr<detail::asio_pending>> pending;
    {
      const std::lock_guard lock{mutex_};
      pending.swap(pending_);
    }
    for (const auto& each : pending) {
      if (const auto one = each.lock()) one->abandon();
    }
    bell_->silence();
  }
  asio_pump(const asio_pump&) = delete;
  asio_pump& operator=(const asio_pump&) = delete;

  [[nodiscard]] boost::asio::any_io_executor get_executor() const { return bell_->executor(); }

  /// begin is what async_get and async_submit do: has `handler` called with what the future that `make(pool)` returns
  /// comes to have.
  template <class T, class Handler, class Make>
  void begin(Handler&& handler, Make&& make) {
    using operation = detail::asio_operation<T, std::decay_t<Handler>>;
    const auto one = std::make_shared<operation>(bell_, std::forward<Handler>(handler));
    remember(one);
    future<T> of;
    std::exception_ptr error;
    try {
      of = std::forward<Make>(make)(pool_);
    } catch (...) {
      error = std::current_exception();
    }
    one->begin(std::move(of), std::move(error));
  }

 private:
  void remember(const std::shared_ptr<detail::asio_pending>& one) {
    const std::lock_guard lock{mutex_};
    if (pending_.size() == pending_.capacity()) {
      std::erase_if(pending_, [](const auto& each) { return each.expired(); });
    }
    pending_.push_back(one);
  }

  pool& pool_;
  const std::shared_ptr<detail::asio_bell> bell_;
  std::mutex mutex_;  // guards pending_
  std::vector<std::weak_ptr<detail::asio_pending>> pending_;
};

/// async_get has a completion token told what a future of the pump's pool, or one made of some (see when_all), comes to
/// have. The signature is void(std::exception_ptr, T), or void(std::exception_ptr) for future<void>. T has to be
/// default constructible: it is T{} where there is an error.
///
/// **Tokens**: a callback, use_future, use_awaitable, deferred and all others. Handlers are called through their
/// associated executor, the pump's where they have none, and never inside the initiating function. A cancellation slot
/// cancels the future, by any type of cancellation (see future::cancel): the error is yoke::cancelled then.
template <class T, class Token>
auto async_get(asio_pump& pump, future<T> of, Token&& token) {
  return detail::asio_begin<T>(pump, std::forward<Token>(token),
                               [of = std::move(of)](pool& /*on*/) mutable { return std::move(of); });
}

/// async_submit(pump, function, arguments..., token) is pool::submit with a completion token: see there, and async_get.
/// What submit would throw is the error that the handler gets.
template <class... Parts>
requires(sizeof...(Parts) >= 2) auto async_submit(asio_pump& pump, Parts&&... parts) {
  auto all = std::forward_as_tuple(std::forward<Parts>(parts)...);
  return [&]<std::size_t... Before>(std::index_sequence<Before...>) {
    return detail::asio_submit(pump, std::get<sizeof...(Parts) - 1>(std::move(all)),
                               std::get<Before>(std::move(all))...);
  }
  (std::make_index_sequence<sizeof...(Parts) - 1>{});
}

}  // namespace v0
}  // namespace yoke
