#pragma once

#include <yoke/detail/callback.hpp>
#include <yoke/detail/chained_state.hpp>
#include <yoke/detail/future_state.hpp>
#include <yoke/detail/pool_core.hpp>

#include <chrono>
#include <concepts>
#include <functional>
#include <future>
#include <memory>
#include <type_traits>
#include <utility>

namespace yoke {
inline namespace v0 {

/// future<T> is where the result of a task will be: its value, or the error that ended it.
///
///     yoke::future<double> area = pool.submit(integrate, 0.0, 1.0);
///     ...
///     std::cout << area.get();
///
/// **No thread of yoke's** works on it: pools of processes and threads compute in the background what they have been
/// given, some 64 chunks for each worker, and whoever waits gives them more. Results are fetched, and callbacks run, by
/// the threads inside get, wait, cancel and the functions of the pool that wait or poll; see pool::native_handle for a
/// program with a loop of its own.
///
/// **Errors.** get() throws what the task threw, as the same type where it is a standard one or one of yoke's, else as
/// task_error; also a yoke::task_failure, with item() 0. It throws worker_lost where the task's process died, in which
/// case the task is not run again (see call_options::attempts and rerun); task_timeout, cancelled, pool_shut_down. A
/// task that returns an error object has a value. A future that outlives its pool has a value or pool_shut_down.
///
/// **Life.** A future may be moved, dropped and used by one thread at a time; futures of one pool may be used by many.
/// Dropping it lets the task run all the same, and drops its result. get, wait and cancel throw std::logic_error inside
/// a task of the same pool, forked_copy in a process that the program forked, and std::future_error without a state.
template <class T>
class future {
 public:
  /// Makes one that is not valid().
  future() = default;

  /// valid tells whether there is a result to be had: not before it was assigned to, nor after get() or a move.
  [[nodiscard]] bool valid() const noexcept { return static_cast<bool>(state_); }

  /// get waits, and returns the value or throws the error. Afterwards the future is not valid.
  T get() {
    const detail::state_pointer held{std::move(checked())};
    if (!held->is_ready()) held->await(detail::for_ever);
    if (held->error()) std::rethrow_exception(held->error());
    if constexpr (!std::is_void_v<T>) return std::move(*static_cast<T*>(held->value()));
  }

  /// ready tells whether get() would return at once. It does not fetch results: see pool::poll.
  [[nodiscard]] bool ready() const { return checked()->is_ready(); }

  /// wait returns when there is a value or an error.
  void wait() const {
    if (!ready()) checked()->await(detail::for_ever);
  }

  /// wait_for waits no longer than that, and tells whether there is a value or an error. The task is left as it is. A
  /// serial pool runs tasks in here, and cannot stop half-way.
  template <class Rep, class Period>
  bool wait_for(std::chrono::duration<Rep, Period> patience) const {
    return ready() || checked()->await(detail::time_after(patience));
  }

  /// wait_until is wait_for until a time of std::chrono::steady_clock.
  bool wait_until(std::chrono::steady_clock::time_point until) const { return ready() || checked()->await(until); }

  /// cancel ends the task with yoke::cancelled. True: it had not begun and never will, or it was running in a worker
  /// process, which is ended and replaced. False: it is done, or runs where it cannot be ended (in a thread).
  bool cancel() { return !ready() && checked()->cancel(); }

  /// request_stop is the polite cancel(): a task that has not begun ends with yoke::cancelled, and one that runs, in
  /// any worker, finds yoke::stop_requested() true; what it returns or throws then is the result. False: it is done.
  bool request_stop() { return !ready() && checked()->request_stop(); }

  /// on_completion has `callback()` called once there is a value or an error: exactly once, right here where there is
  /// one, else in a thread that waits for or polls the pool. It must not throw (std::terminate). It may submit tasks,
  /// attach callbacks and wait: it then runs other callbacks, and no more than 16 that wait inside each other. Those of
  /// one future are called one after the other.
  template <std::invocable Callback>
  void on_completion(Callback callback) {
    detail::attach_callback(*checked().get(), std::move(callback));
  }

  /// on_completion with an executor has `executor.execute(callback)` called instead, with one of Asio for instance.
  template <class Executor, std::invocable Callback>
  void on_completion(Executor executor, Callback callback) {
    on_completion([executor = std::move(executor), callback = std::move(callback)]() mutable {
      executor.execute(std::move(callback));
    });
  }

  /// then returns the future of `callback(future)`, which is called, with this one, where on_completion() would call
  /// it. What it throws is the new future's error. This one is not valid any more.
  template <std::invocable<future> Callback>
  auto then(Callback callback) {
    return chain(std::move(callback), [](future& source, detail::chain_link& link) {
      source.on_completion([held = counted(link)] { static_cast<detail::chain_link&>(*held.get()).run(); });
    });
  }

  /// then with an executor has `executor.execute()` call it. Where that drops it instead, as an execution context does
  /// that is destroyed, the new future gets a yoke::cancelled.
  template <class Executor, std::invocable<future> Callback>
  auto then(Executor executor, Callback callback) {
    return chain(std::move(callback), [&](future& source, detail::chain_link& link) {
      source.on_completion(std::move(executor),
                           [turn = std::make_shared<detail::chain_turn>(counted(link))] { turn->run(); });
    });
  }

 private:
  friend struct detail::future_access;

  template <class Callback, class Attach>
  auto chain(Callback callback, const Attach& attach) {
    using result = std::remove_cvref_t<std::invoke_result_t<Callback, future>>;
    using chained = detail::chained_state<result, future, Callback>;
    future source{std::move(checked())};
    auto* const made = new chained{source.state_, std::move(callback)};
    detail::state_pointer held{made};
    attach(source, *made);
    return detail::future_access::make<future<result>>(std::move(held));
  }

  static detail::state_pointer counted(detail::chain_link& link) noexcept {
    link.add_reference();
    return detail::state_pointer{&link};
  }

  explicit future(detail::state_pointer state) noexcept : state_{std::move(state)} {}

  [[nodiscard]] const detail::state_pointer& checked() const {
    if (!state_) throw std::future_error{std::future_errc::no_state};
    return state_;
  }
  [[nodiscard]] detail::state_pointer& checked() {
    if (!state_) throw std::future_error{std::future_errc::no_state};
    return state_;
  }

  detail::state_pointer state_;
};

}  // namespace v0
}  // namespace yoke
