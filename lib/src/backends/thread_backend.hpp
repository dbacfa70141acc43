#pragma once

#include "backends/local_hooks.hpp"
#include "backends/queue_backend.hpp"

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace yoke::detail {

/// thread_backend runs the workers' end of the queue in threads of this process, the queue lying in private memory.
class thread_backend final : public queue_backend {
 public:
  /// Starts `workers` threads, all signals blocked in them. Throws start_error when the system has none to give.
  explicit thread_backend(std::uint32_t workers, const worker_hooks& hooks = {});
  ~thread_backend() override;

  [[nodiscard]] capabilities describe() const override;
  std::size_t receive(event_sink& sink) override;
  std::vector<farewell> take_farewells() override { return hooks_.take(); }
  [[nodiscard]] std::span<const std::byte> common_memory() const override { return arrays_->range(); }
  void stop(bool drain) noexcept override;

 private:
  void work(std::uint32_t index);

  local_hooks hooks_;
  std::atomic<bool> in_order_{true};  // workers that end run their finalizer
  std::vector<std::thread> threads_;
};

}  // namespace yoke::detail
