#pragma once

#include <yoke/errors.hpp>

namespace yoke::detail {

/// queue_damaged: something in the queue's memory cannot be what its writer wrote. No word of it is to be believed any
/// more; where workers are processes, the queue is started over.
class queue_damaged final : public pool_broken {
 public:
  using pool_broken::pool_broken;
};

}  // namespace yoke::detail
