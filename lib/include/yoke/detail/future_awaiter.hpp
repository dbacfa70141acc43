#pragma once

#include <yoke/detail/task_promise.hpp>
#include <yoke/future.hpp>

#include <coroutine>
#include <utility>

namespace yoke::detail {

/// future_awaiter is a coroutine that waits for a future.
template <class T>
class future_awaiter {
 public:
  explicit future_awaiter(future<T> of) noexcept : of_{std::move(of)} {}

  [[nodiscard]] bool await_ready() const { return of_.ready(); }

  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> suspended) {
    if (wait_root* const root = root_of(suspended)) root->add(*future_access::state(of_).get());
    of_.on_completion([this, suspended] {
      if (pause_.comes_second()) suspended.resume();
    });
    return !pause_.comes_second();
  }

  T await_resume() { return of_.get(); }

 private:
  future<T> of_;
  pause pause_;
};

}  // namespace yoke::detail
