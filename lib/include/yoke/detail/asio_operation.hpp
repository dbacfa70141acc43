#pragma once

#include <yoke/detail/asio_bell.hpp>
#include <yoke/errors.hpp>
#include <yoke/future.hpp>

#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace yoke::detail {

/// asio_pending is an operation that has not been completed, whatever its type.
class asio_pending {
 public:
  asio_pending() = default;
  asio_pending(const asio_pending&) = delete;
  asio_pending& operator=(const asio_pending&) = delete;
  virtual ~asio_pending() = default;

  /// abandon completes it with yoke::cancelled, whatever becomes of its task.
  virtual void abandon() noexcept = 0;
};

/// asio_operation waits for a future and has its handler called, by an executor and once: with the value, the error, or
/// yoke::cancelled.
template <class T, class Handler>
class asio_operation final : public asio_pending, public std::enable_shared_from_this<asio_operation<T, Handler>> {
 public:
  using executor = boost::asio::associated_executor_t<Handler, boost::asio::any_io_executor>;

  asio_operation(std::shared_ptr<asio_bell> bell, Handler handler)
      : bell_{std::move(bell)},
        handler_{std::move(handler)},
        work_{boost::asio::get_associated_executor(*handler_, bell_->executor())} {}

  /// begin takes the future, or the error that kept it from being made.
  void begin(future<T> of, std::exception_ptr error) {
    bell_->begin();
    if (error) return complete(std::move(error));
    try {
      await(std::move(of));
    } catch (...) {
      complete(std::current_exception());
    }
  }

  void abandon() noexcept override {
    cancel();
    complete(std::make_exception_ptr(cancelled{"yoke: the asio_pump ended before the task was done"}));
  }

 private:
  void await(future<T> of) {
    future_ = std::move(of);
    auto slot = boost::asio::get_associated_cancellation_slot(*handler_);
    if (slot.is_connected()) {
      slot.assign([weak = this->weak_from_this()](boost::asio::cancellation_type /*any*/) {
        if (const auto self = weak.lock()) self->cancel();
      });
    }
    const std::lock_guard lock{mutex_};
    future_.on_completion([self = this->shared_from_this()] { self->complete(nullptr); });
  }

  void cancel() {
    const std::lock_guard lock{mutex_};
    if (!completed_ && future_.valid()) future_.cancel();
  }

  /// complete has the handler called later. It goes to where it will be called, and nothing stays here that belongs to
  /// the execution context: the future's callback may keep the operation for longer than there is one.
  void complete(std::exception_ptr error) {
    if (completed_.exchange(true)) return;
    const std::shared_ptr<asio_bell> bell = std::move(bell_);
    bell->end();
    Handler called{std::move(*handler_)};
    handler_.reset();
    boost::asio::post(bell->executor(), [self = this->shared_from_this(), handler = std::move(called),
                                         work = std::move(work_), error = std::move(error)]() mutable {
      const executor there = work.get_executor();
      boost::asio::dispatch(there, [self = std::move(self), handler = std::move(handler), work = std::move(work),
                                    error = std::move(error)]() mutable {
        boost::asio::get_associated_cancellation_slot(handler).clear();
        self->call(handler, std::move(error));
      });
    });
  }

  void call(Handler& handler, std::exception_ptr error) {
    if constexpr (std::is_void_v<T>) {
      try {
        if (!error) taken().get();
      } catch (...) {
        error = std::current_exception();
      }
      std::move(handler)(std::move(error));
    } else {
      T value{};
      try {
        if (!error) value = taken().get();
      } catch (...) {
        error = std::current_exception();
      }
      std::move(handler)(std::move(error), std::move(value));
    }
  }

  future<T> taken() {
    const std::lock_guard lock{mutex_};
    return std::move(future_);
  }

  std::shared_ptr<asio_bell> bell_;
  std::optional<Handler> handler_;
  boost::asio::executor_work_guard<executor> work_;
  std::atomic<bool> completed_{false};
  std::recursive_mutex mutex_;  // guards future_; its callback may run inside, and completes the operation
  future<T> future_;
};

}  // namespace yoke::detail
