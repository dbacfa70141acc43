#pragma once

#include <yoke/detail/driver.hpp>
#include <yoke/detail/future_state.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace yoke::detail {

/// joint_state is the state of a future that is made of other futures, its parts.
class joint_state : public future_state {
 public:
  bool await(std::chrono::steady_clock::time_point until) final;
  void collect_drivers(driver_set& into) const final;
  /// cancel cancels the parts; true when one of them was.
  bool cancel() override;
  bool request_stop() override;

 protected:
  explicit joint_state(std::vector<state_pointer> parts);

  /// parts are there until take_parts() is called, if it ever is.
  [[nodiscard]] const std::vector<state_pointer>& parts() const noexcept { return parts_; }
  [[nodiscard]] std::vector<state_pointer> take_parts() noexcept;
  [[nodiscard]] const driver_set& drivers() const noexcept { return drivers_; }

 private:
  [[nodiscard]] std::vector<state_pointer> copy_parts();

  std::mutex taking_;  // guards parts_ where they may be taken by one thread and looked at by another
  std::vector<state_pointer> parts_;
  driver_set drivers_;
};

/// chain_link is the state of what a callback makes of one future, its source.
class chain_link : public joint_state {
 public:
  /// run calls the callback, the source being ready, and settles the state; drop settles it without. One of both, once.
  void run() noexcept;
  void drop() noexcept;

 protected:
  explicit chain_link(state_pointer source) : joint_state{{std::move(source)}} {}

  /// call calls the callback and keeps what it returns.
  virtual void call() = 0;
  /// forget_call destroys the callback, which has not been called.
  virtual void forget_call() noexcept = 0;
  [[nodiscard]] state_pointer take_source() noexcept { return std::move(take_parts().front()); }
};

/// chain_turn runs a chain_link once. Where it is dropped without, so is the link.
class chain_turn {
 public:
  explicit chain_turn(state_pointer link) : link_{std::move(link)} {}
  chain_turn(const chain_turn&) = delete;
  chain_turn& operator=(const chain_turn&) = delete;
  ~chain_turn();

  void run() noexcept;

 private:
  state_pointer link_;
};

/// watching_state is told when its parts are ready.
class watching_state : public joint_state {
 protected:
  using joint_state::joint_state;

  /// watch_parts has part_ready() called for each part, in any order, where it is settled; at once where it is.
  void watch_parts();

 private:
  class step;

  virtual void part_ready(std::size_t part, completion_list& due) noexcept = 0;
};

/// all_ready_state is ready when all of its parts are.
class all_ready_state : public watching_state {
 protected:
  using watching_state::watching_state;

  /// watch settles the state once all parts are ready: with the first error by position, or with what fill() makes.
  void watch();

 private:
  void part_ready(std::size_t part, completion_list& due) noexcept final;
  void finish(completion_list& due) noexcept;

  /// fill makes the value of those of the parts, none of which has an error.
  virtual void fill() = 0;

  std::atomic<std::size_t> left_{0};
};

/// any_ready_state is ready when one of its parts is; its value is that part's position.
class any_ready_state final : public watching_state {
 public:
  static state_pointer make(std::vector<state_pointer> parts);

 private:
  using watching_state::watching_state;

  [[nodiscard]] void* value() noexcept override { return &first_; }
  void part_ready(std::size_t part, completion_list& due) noexcept override;

  std::atomic<bool> found_{false};
  std::size_t first_ = 0;
};

}  // namespace yoke::detail
