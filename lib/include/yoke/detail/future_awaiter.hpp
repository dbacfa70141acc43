#pragma once

#include <yoke/detail/task_promise.hpp>
#include <yoke/future.hpp>

#include <atomic>
#include <coroutine>
#include <memory>
#include <utility>

namespace yoke::detail {

/// future_awaiter is a coroutine that waits for a future. The coroutine may be destroyed meanwhile, in the thread in
/// which the future would make it go on.
template <class T>
class future_awaiter {
 public:
  explicit future_awaiter(future<T> of) noexcept : of_{std::move(of)} {}
  future_awaiter(const future_awaiter&) = delete;
  future_awaiter& operator=(const future_awaiter&) = delete;
  ~future_awaiter() {
    if (wait_) wait_->given_up = true;
  }

  [[nodiscard]] bool await_ready() const { return of_.ready(); }

  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> suspended) {
    if (wait_root* const root = root_of(suspended)) root->add(*future_access::state(of_).get());
    const auto wait = std::make_shared<waiting>();
    wait_ = wait;
    of_.on_completion([wait, suspended] {
      if (wait->pause.comes_second() && !wait->given_up) suspended.resume();
    });
    return !wait->pause.comes_second();
  }

  T await_resume() { return of_.get(); }

 private:
  /// waiting outlives the coroutine, as the callback does.
  struct waiting {
    detail::pause pause;
    std::atomic<bool> given_up{false};
  };

  future<T> of_;
  std::shared_ptr<waiting> wait_;
};

}  // namespace yoke::detail
