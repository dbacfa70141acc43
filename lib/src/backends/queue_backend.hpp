#pragma once

#include "backends/forked_copy_guard.hpp"
#include "engine/backend.hpp"
#include "memory/array_memory.hpp"
#include "memory/page_ranges.hpp"
#include "memory/segment.hpp"
#include "queue/coordinator_end.hpp"
#include "queue/queue_layout.hpp"
#include "sys/file_descriptor.hpp"

#include <memory>

namespace yoke::detail {

/// queue_backend is what processes and threads have in common: the queue and the payload memory, in a home of either
/// kind. A derived backend adds who runs the workers' end.
class queue_backend : public backend {
 public:
  std::byte* allocate(std::size_t bytes) final { return payload_.allocate(bytes); }
  void release(std::byte* memory, std::size_t bytes) noexcept final { payload_.release(memory, bytes); }

  void check_original() const final { guard_.check(); }
  [[nodiscard]] std::shared_ptr<array_memory> arrays() final { return arrays_; }
  [[nodiscard]] bool shares(std::span<const std::byte> bytes) const final { return arrays_->contains(bytes); }

  bool send(const chunk_message& message) final { return end_.send(message); }
  void flush() override { end_.flush(); }
  std::size_t receive(event_sink& sink) override { return end_.collect(sink); }
  bool recall(std::uint64_t tag) final { return end_.recall(tag); }
  [[nodiscard]] chunk_sight look(std::uint64_t tag) const final { return end_.look(tag); }

  void measure(insights_level level) final { end_.measure(level); }
  void survey(life_sink& sink) final { end_.survey(sink); }

  bool arm() final { return end_.arm(); }
  void park(std::chrono::nanoseconds at_most, int also) override { end_.park(at_most, also); }
  void announce(bool now) final;
  void hush() final;
  void nudge() noexcept override { layout_.claims().bell.ring(news_.get()); }
  [[nodiscard]] int native_handle() const final { return news_.get(); }

 protected:
  queue_backend(segment::home where, const queue_shape& shape);

  const std::shared_ptr<guarded_segment> kept_;
  segment& home_;
  const forked_copy_guard& guard_;
  queue_layout layout_;
  file_descriptor news_;
  coordinator_end end_;

  const std::shared_ptr<array_memory> arrays_;

 private:
  page_ranges payload_;
};

}  // namespace yoke::detail
