#pragma once

#include <yoke/detail/future_awaiter.hpp>
#include <yoke/detail/task_access.hpp>
#include <yoke/detail/task_promise.hpp>
#include <yoke/future.hpp>

#include <coroutine>
#include <type_traits>
#include <utility>
#include <vector>

namespace yoke {
inline namespace v0 {

/// task<T> is a coroutine that makes a T, and may co_await futures of pools and other tasks on its way:
///
///     yoke::task<double> volume(yoke::pool& pool, shape of) {
///       const double base = co_await pool.submit(area, of);
///       co_return base* co_await pool.submit(height, of);
///     }
///     const double litres = yoke::sync_wait(volume(pool, bottle));
///
/// **Lazy.** Nothing of it runs before it is awaited: by co_await, once, in another task, or by sync_wait.
///
/// **Where it runs.** Up to the first future that is not ready in the thread that awaits it. It goes on in the thread
/// that finds the future ready: one that waits for or polls the pool, when all locks of the pool have been given back.
/// So a thread inside sync_wait is all it takes; no thread of yoke's runs it, and workers run what is submitted only.
///
/// **Errors.** What it throws is thrown where it is awaited. A future's error is thrown by the co_await.
///
/// **Life.** A task that has begun has to be awaited to its end: sync_wait and co_await do. Arguments taken by
/// reference have to live as long. Thousands may be under way at once (see when_all); each costs its frame on the heap.
/// As with functions that call each other, tasks that await each other take stack for each that is nested, and none for
/// each that has ended.
template <class T = void>
class [[nodiscard]] task {
 public:
  class promise_type : public detail::task_promise<T> {
   public:
    task get_return_object() noexcept { return task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
  };

  task(task&& other) noexcept : made_{std::exchange(other.made_, nullptr)} {}
  task& operator=(task&& other) noexcept {
    std::swap(made_, other.made_);
    return *this;
  }
  ~task() {
    if (made_) made_.destroy();
  }

  /// co_await begins the task and returns its value, or throws its error.
  auto operator co_await() && noexcept { return awaiter{std::move(*this)}; }

 private:
  friend struct detail::task_access;

  class awaiter final : public detail::awaiting {
   public:
    explicit awaiter(task&& of) noexcept : of_{std::move(of)} {}

    [[nodiscard]] static bool await_ready() noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> suspended) {
      then_ = suspended;
      of_.made_.promise().told(*this, detail::root_of(suspended));
      of_.made_.resume();
      return !pause_.comes_second();
    }
    T await_resume() { return of_.made_.promise().take(); }

   private:
    void ended() noexcept override {
      if (pause_.comes_second()) then_.resume();
    }

    task of_;
    std::coroutine_handle<> then_;
    detail::pause pause_;
  };

  explicit task(std::coroutine_handle<promise_type> made) noexcept : made_{made} {}

  std::coroutine_handle<promise_type> made_;
};

/// sync_wait runs a task, and returns its value or throws its error. It works on the pools whose futures the task
/// awaits, as future::get() does; so no other thread has to. Inside a task of a pool whose futures are awaited it
/// throws std::logic_error, and in a process that the program forked forked_copy; the task then stays where it is, for
/// ever.
template <class T>
T sync_wait(task<T> one) {
  return detail::task_access::wait(std::move(one));
}

/// when_all begins all of the tasks, each as far as it gets, and is the values of all in the order given (nothing,
/// where they are task<>). It ends when all have ended; where some had errors, with the first one's by position.
template <class T>
auto when_all(std::vector<task<T>> tasks) -> task<typename detail::task_access::values<T>::type> {
  co_await detail::task_gathering<T>{tasks};
  if constexpr (std::is_void_v<T>) {
    for (task<T>& each : tasks) detail::task_access::take(each);
  } else {
    std::vector<T> values;
    values.reserve(tasks.size());
    for (task<T>& each : tasks) values.push_back(detail::task_access::take(each));
    co_return values;
  }
}

/// co_await of a future waits for it without holding a thread, and returns its value or throws its error. Afterwards
/// the future is not valid, as after get(). Coroutines of any library may do it: see pool::poll for who makes it go on.
template <class T>
auto operator co_await(future<T>&& of) noexcept {
  return detail::future_awaiter<T>{std::move(of)};
}
template <class T>
auto operator co_await(future<T>& of) noexcept {
  return detail::future_awaiter<T>{std::move(of)};
}

}  // namespace v0
}  // namespace yoke
