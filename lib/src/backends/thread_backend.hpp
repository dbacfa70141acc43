#pragma once

#include "backends/queue_backend.hpp"

#include <cstdint>
#include <thread>
#include <vector>

namespace yoke::detail {

/// thread_backend runs the workers' end of the queue in threads of this process, the queue lying in private memory.
class thread_backend final : public queue_backend {
 public:
  /// Starts `workers` threads, all signals blocked in them. Throws start_error when the system has none to give.
  explicit thread_backend(std::uint32_t workers);
  ~thread_backend() override;

  [[nodiscard]] capabilities describe() const override;
  void stop(bool drain) noexcept override;

 private:
  void work(std::uint32_t index);

  std::vector<std::thread> threads_;
};

}  // namespace yoke::detail
