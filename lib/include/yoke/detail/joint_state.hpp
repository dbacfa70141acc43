#pragma once

#include <yoke/detail/driver.hpp>
#include <yoke/detail/future_state.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
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

  [[nodiscard]] const std::vector<state_pointer>& parts() const noexcept { return parts_; }
  [[nodiscard]] const driver_set& drivers() const noexcept { return drivers_; }

 private:
  std::vector<state_pointer> parts_;
  driver_set drivers_;
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
