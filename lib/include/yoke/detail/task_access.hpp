#pragma once

#include <yoke/detail/task_promise.hpp>
#include <yoke/detail/wait_root.hpp>

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace yoke {
inline namespace v0 {
template <class T>
class task;
}
}  // namespace yoke

namespace yoke::detail {

/// task_access runs tasks to their end: one for a thread that waits, or many for a coroutine that does.
struct task_access {
  /// values is what the values of several tasks are together.
  template <class T>
  struct values {
    using type = std::vector<T>;
  };

  /// wait is sync_wait.
  template <class T>
  static T wait(yoke::task<T> one) {
    struct ending final : awaiting {
      wait_root root;
      void ended() noexcept override { root.finish(); }
    };
    auto end = std::make_unique<ending>();
    begin(one, *end, &end->root);
    try {
      end->root.wait();
    } catch (...) {
      // Somebody may still make the task go on.
      static_cast<void>(end.release());
      one.made_ = nullptr;
      throw;
    }
    return one.made_.promise().take();
  }

  /// take returns the value of a task that has ended, or throws its error.
  template <class T>
  static T take(yoke::task<T>& ended) {
    return ended.made_.promise().take();
  }

  /// begin has a task begun on behalf of `by`.
  template <class T>
  static void begin(yoke::task<T>& one, awaiting& by, wait_root* root) {
    one.made_.promise().told(by, root);
    one.made_.resume();
  }
};

template <>
struct task_access::values<void> {
  using type = void;
};

/// task_gathering is a coroutine that awaits many tasks, which have to stay where they are.
template <class T>
class task_gathering final : public awaiting {
 public:
  explicit task_gathering(std::vector<yoke::task<T>>& tasks) : tasks_{tasks} {}

  [[nodiscard]] bool await_ready() const noexcept { return tasks_.empty(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> suspended) {
    then_ = suspended;
    wait_root* const root = root_of(suspended);
    left_ = tasks_.size() + 1;  // one for this function: nothing goes on while tasks are still to begin
    for (yoke::task<T>& each : tasks_) task_access::begin(each, *this, root);
    return !is_last();
  }
  void await_resume() const noexcept {}

 private:
  [[nodiscard]] bool is_last() noexcept { return left_.fetch_sub(1, std::memory_order_acq_rel) == 1; }
  void ended() noexcept override {
    if (is_last()) then_.resume();
  }

  std::vector<yoke::task<T>>& tasks_;
  std::coroutine_handle<> then_;
  std::atomic<std::size_t> left_{0};
};

}  // namespace yoke::detail
