#pragma once

#include "backends/local_hooks.hpp"
#include "engine/backend.hpp"
#include "engine/heap_sink.hpp"
#include "engine/worker_state.hpp"
#include "memory/array_memory.hpp"
#include "sys/file_descriptor.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>

namespace yoke::detail {

/// serial_backend runs chunks inline, in receive(), in the thread that waits: the baseline, and the debugger's friend.
class serial_backend final : public backend {
 public:
  explicit serial_backend(const worker_hooks& hooks = {});
  ~serial_backend() override;

  [[nodiscard]] capabilities describe() const override;
  std::byte* allocate(std::size_t bytes) override;
  void release(std::byte* memory, std::size_t bytes) noexcept override;
  [[nodiscard]] std::span<const std::byte> common_memory() const override;
  [[nodiscard]] std::shared_ptr<array_memory> arrays() override;
  bool send(const chunk_message& message) override;
  void flush() override {}
  std::size_t receive(event_sink& sink) override;
  [[nodiscard]] bool runs_in_receive() const override { return true; }
  bool recall(std::uint64_t tag) override;
  void measure(insights_level level) override { level_ = level; }
  void survey(life_sink& sink) override { sink.on_life(life_); }
  bool arm() override { return queue_.empty(); }
  void park(std::chrono::nanoseconds at_most, int also) override;
  void nudge() noexcept override { cut_ = 0; }
  std::vector<farewell> take_farewells() override { return hooks_.take(); }
  [[nodiscard]] int native_handle() const override { return news_.get(); }
  void announce(bool now) override;
  void hush() override;
  void stop(bool drain) noexcept override;

 private:
  file_descriptor news_;
  std::deque<chunk_message> queue_;
  heap_sink results_;
  cut_word cut_{never_cut.load()};  // of the chunk being run, or of the next one
  insights_level level_ = insights_level::off;
  worker_life life_;  // of the one worker, which is whoever waits
  local_hooks hooks_;
  worker_state state_;
  enum class stage : std::uint8_t { unborn, working, ended } stage_ = stage::unborn;
  mutable std::mutex arrays_mutex_;  // guards arrays_; innermost
  std::shared_ptr<array_memory> arrays_;
};

}  // namespace yoke::detail
