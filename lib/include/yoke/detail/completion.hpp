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
};

/// completion_list is what is to happen after an engine's lock has been given back, in order.
class completion_list {
 public:
  completion_list() = default;
  completion_list(completion_list&& other) noexcept
      : first_{std::exchange(other.first_, nullptr)}, last_{std::exchange(other.last_, nullptr)} {}
  completion_list& operator=(completion_list&&) = delete;
  ~completion_list() { run_all(); }

  /// left_outside tells whether run_here() would find something that this thread's callback has made ready.
  [[nodiscard]] static bool left_outside() noexcept;

  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

  void push(completion& one) noexcept {
    one.next_ = nullptr;
    (last_ == nullptr ? first_ : last_->next_) = &one;
    last_ = &one;
  }

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

  /// run_here runs them all right now, and before them what has been left to callers of this one: for who waits.
  void run_here() noexcept;

 private:
  void append(completion_list& others) noexcept;

  completion* first_ = nullptr;
  completion* last_ = nullptr;
};

}  // namespace yoke::detail
