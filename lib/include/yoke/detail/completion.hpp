#pragma once

#include <atomic>
#include <utility>

namespace yoke::detail {

/// completion is something that is to happen once a future has its value or its error. It deletes itself.
class completion {
 public:
  /// step is when it happens.
  enum class step : unsigned char {
    within,  ///< right where the future is settled, an engine's lock being held: no code of users, no waiting
    after,   ///< when that lock has been given back
  };

  explicit completion(step when) : when_{when} {}
  completion(const completion&) = delete;
  completion& operator=(const completion&) = delete;
  virtual ~completion() = default;

  [[nodiscard]] step when() const noexcept { return when_; }

 private:
  friend class completion_list;
  friend class future_state;

  /// run does it. What it makes ready in its turn goes to `due`.
  virtual void run(class completion_list& due) noexcept = 0;

  completion* next_ = nullptr;
  const step when_;
  bool same_ = false;  // of the same future as the one before it in a list
};

/// completion_list is what is to happen after an engine's lock has been given back, in order.
class completion_list {
 public:
  completion_list() = default;
  completion_list(completion_list&& other) noexcept
      : first_{std::exchange(other.first_, nullptr)}, last_{std::exchange(other.last_, nullptr)} {}
  completion_list& operator=(completion_list&&) = delete;
  ~completion_list() { run_all(); }

  /// may_run is false where callbacks that wait are so deep inside each other that no more are run here.
  [[nodiscard]] static bool may_run() noexcept;

  /// left_outside tells whether run_left() has something to do.
  [[nodiscard]] static bool left_outside() noexcept;

  /// run_left runs what the callback that this thread is in has made ready: for who waits. Nothing where !may_run().
  static void run_left() noexcept;

  /// forget_inherited is for a process that was forked in a callback: what its parent is to run is not its own.
  static void forget_inherited() noexcept;

  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

  void push(completion& one) noexcept {
    one.next_ = nullptr;
    (last_ == nullptr ? first_ : last_->next_) = &one;
    last_ = &one;
  }

  /// push appends one. `same`: it is of the same future as the last one, and is to stay with it.
  void push(completion& one, bool same) noexcept {
    push(one);
    one.same_ = same;
  }

  /// pop_future takes out the first one, and those of the same future behind it: they are to run in one thread.
  [[nodiscard]] completion_list pop_future() noexcept;

  /// pop takes the first one out; null where there is none.
  completion* pop() noexcept {
    completion* const one = first_;
    if (one == nullptr) return nullptr;
    first_ = one->next_;
    if (first_ == nullptr) last_ = nullptr;
    return one;
  }

  /// run_all runs them all. Inside one of them they are left to whoever runs that one: a long chain of callbacks, each
  /// of which makes the next one ready, takes no more stack than one.
  void run_all() noexcept;

  /// run_here runs them all right now, and before them what run_left() would.
  void run_here() noexcept;

 private:
  void append(completion_list& others) noexcept;

  completion* first_ = nullptr;
  completion* last_ = nullptr;
};

}  // namespace yoke::detail
