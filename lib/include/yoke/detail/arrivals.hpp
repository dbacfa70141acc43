#pragma once

#include <yoke/detail/driver.hpp>
#include <yoke/detail/future_state.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace yoke::detail {

/// arrivals hands out the positions of futures in the order in which they become ready.
class arrivals {
 public:
  /// A state that is there twice comes once.
  explicit arrivals(const std::vector<state_pointer>& states);
  ~arrivals();
  arrivals(const arrivals&) = delete;
  arrivals& operator=(const arrivals&) = delete;

  /// next waits for the next one; nothing once all have come.
  std::optional<std::size_t> next();

 private:
  class line;
  class step;

  std::shared_ptr<line> line_;
  std::size_t left_ = 0;
  driver_set drivers_;
};

}  // namespace yoke::detail
