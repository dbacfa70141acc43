#pragma once

#include <yoke/detail/completion.hpp>
#include <yoke/detail/driver.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace yoke::detail {

class submission;

/// future_state is what a future and whoever makes its result have in common. It is counted, and deletes itself.
class future_state {
 public:
  future_state() = default;
  future_state(const future_state&) = delete;
  future_state& operator=(const future_state&) = delete;

  void add_reference() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void drop_reference() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  /// is_ready is true once there is a value or an error, for ever.
  [[nodiscard]] bool is_ready() const noexcept { return ready_.load(std::memory_order_acquire); }

  /// error is null where there is a value. Once ready.
  [[nodiscard]] const std::exception_ptr& error() const noexcept { return error_; }

  /// value points to the value, where the future's type is not void. Once ready, without an error.
  [[nodiscard]] virtual void* value() noexcept = 0;

  /// await returns when the state is ready, or `until` is over, driving the pools that work on it; whether it is ready.
  virtual bool await(std::chrono::steady_clock::time_point until) = 0;

  /// collect_drivers adds the pools that work on it.
  virtual void collect_drivers(driver_set& into) const = 0;

  /// cancel is future::cancel().
  virtual bool cancel() = 0;

  /// request_stop is future::request_stop().
  virtual bool request_stop() = 0;

  /// attach has `what` happen once the state is ready; at once where it is.
  void attach(std::unique_ptr<completion> what);

  /// settle makes the state ready, once: with an error, or with the value that is where value() points. What is to
  /// happen after the lock that the caller may hold goes to `due`.
  void settle(std::exception_ptr error, completion_list& due) noexcept;

 protected:
  virtual ~future_state();

 private:
  friend class submission;
  static completion* closed() noexcept;

  std::atomic<std::uint32_t> references_{1};
  std::atomic<bool> ready_{false};
  bool stop_asked_ =
      false;  // of a task: it is not to begin again. Here, where it takes no room; under the engine's lock
  std::atomic<completion*> attached_{nullptr};  // a stack; closed once the state is ready
  std::exception_ptr error_;
};

/// state_pointer counts one reference.
class state_pointer {
 public:
  state_pointer() = default;
  /// Takes over a reference that the caller has.
  explicit state_pointer(future_state* counted) noexcept : state_{counted} {}
  state_pointer(const state_pointer& other) noexcept : state_{other.state_} {
    if (state_ != nullptr) state_->add_reference();
  }
  state_pointer(state_pointer&& other) noexcept : state_{std::exchange(other.state_, nullptr)} {}
  state_pointer& operator=(state_pointer other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~state_pointer() {
    if (state_ != nullptr) state_->drop_reference();
  }

  [[nodiscard]] future_state* get() const noexcept { return state_; }
  future_state* operator->() const noexcept { return state_; }
  explicit operator bool() const noexcept { return state_ != nullptr; }

 private:
  future_state* state_ = nullptr;
};

/// value_cell is room for one R that is made later, or never.
template <class R>
class value_cell {
 public:
  value_cell() = default;
  value_cell(const value_cell&) = delete;
  value_cell& operator=(const value_cell&) = delete;
  ~value_cell() {
    if (full_) std::destroy_at(address());
  }

  template <class Make>
  void fill(Make&& make) {
    ::new (static_cast<void*>(room_)) R(std::forward<Make>(make)());
    full_ = true;
  }

  [[nodiscard]] R* address() noexcept { return std::launder(reinterpret_cast<R*>(room_)); }

 private:
  alignas(R) unsigned char room_[sizeof(R)];
  bool full_ = false;
};

template <>
class value_cell<void> {
 public:
  template <class Make>
  void fill(Make&& make) {
    static_cast<void>(std::forward<Make>(make)());
  }
  [[nodiscard]] void* address() noexcept { return nullptr; }
};

}  // namespace yoke::detail
