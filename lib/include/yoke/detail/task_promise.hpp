#pragma once

#include <yoke/detail/wait_root.hpp>

#include <atomic>
#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

namespace yoke::detail {

/// awaiting is who is told that a task has ended.
class awaiting {
 public:
  /// ended is called by the thread in which the task has come to its end. It may destroy the task.
  virtual void ended() noexcept = 0;

 protected:
  ~awaiting() = default;
};

/// task_promise_base is what the promises of all tasks have in common.
class task_promise_base {
 public:
  /// told tells `by` about the end: what co_await does to a task that is about to begin. `root` may be null.
  void told(awaiting& by, wait_root* root) noexcept {
    by_ = &by;
    root_ = root;
  }
  [[nodiscard]] wait_root* root() const noexcept { return root_; }

  [[nodiscard]] static std::suspend_always initial_suspend() noexcept { return {}; }

  /// The last step of a task: whoever awaits it is told, and may go on right here. Nothing is left on the stack of
  /// tasks that end one after the other without a pause, in builds without tail calls, too.
  struct last_step {
    [[nodiscard]] static bool await_ready() noexcept { return false; }
    template <class Promise>
    static void await_suspend(std::coroutine_handle<Promise> ended) noexcept {
      ended.promise().by_->ended();
    }
    static void await_resume() noexcept {}
  };
  [[nodiscard]] static last_step final_suspend() noexcept { return {}; }

 private:
  awaiting* by_ = nullptr;
  wait_root* root_ = nullptr;
};

/// root_of returns where the coroutine's pools are worked on; null in coroutines of other libraries.
template <class Promise>
wait_root* root_of(std::coroutine_handle<Promise> of) noexcept {
  if constexpr (std::is_base_of_v<task_promise_base, Promise>) {
    return of.promise().root();
  } else {
    return nullptr;
  }
}

/// pause is a coroutine that waits for one thing, which may have happened before the coroutine is suspended: of the two
/// that come here, the second goes on.
class pause {
 public:
  /// comes_second is called once by the coroutine, when all is prepared, and once by who ends the pause.
  [[nodiscard]] bool comes_second() noexcept { return passed_.exchange(true, std::memory_order_acq_rel); }

 private:
  std::atomic<bool> passed_{false};
};

/// task_promise holds the value of a task, or its error.
template <class T>
class task_promise : public task_promise_base {
 public:
  template <class Value>
  void return_value(Value&& value) {
    end_.template emplace<1>(std::forward<Value>(value));
  }
  void unhandled_exception() noexcept { end_.template emplace<2>(std::current_exception()); }

  [[nodiscard]] const std::exception_ptr* error() const noexcept { return std::get_if<2>(&end_); }
  T take() {
    if (error() != nullptr) std::rethrow_exception(std::get<2>(std::move(end_)));
    return std::move(std::get<1>(end_));
  }

 private:
  std::variant<std::monostate, T, std::exception_ptr> end_;
};

template <>
class task_promise<void> : public task_promise_base {
 public:
  static void return_void() noexcept {}
  void unhandled_exception() noexcept { error_ = std::current_exception(); }

  [[nodiscard]] const std::exception_ptr* error() const noexcept { return error_ ? &error_ : nullptr; }
  void take() {
    if (error_) std::rethrow_exception(std::move(error_));
  }

 private:
  std::exception_ptr error_;
};

}  // namespace yoke::detail
