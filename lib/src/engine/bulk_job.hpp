#pragma once

#include <yoke/detail/bulk_work.hpp>

#include "engine/backend.hpp"
#include "engine/chunk_policy.hpp"
#include "engine/heap_sink.hpp"
#include "engine/job.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace yoke::detail {

/// bulk_job is a map or a reduction over a range of known size: chunks by policy, each encoded just before it is sent.
class bulk_job final : public job {
 public:
  /// Throws std::invalid_argument where the call's options make no sense.
  bulk_job(const bulk_plan& plan, bulk_work& work, backend& workers);

  supply next(chunk_message& out) override;
  void prepare(chunk_message& part) override;
  void discard(const chunk_message& chunk) noexcept override;
  void deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) override;
  void observe(std::uint64_t first, std::uint64_t items, std::chrono::nanoseconds took) override;
  void close(const std::exception_ptr& error) noexcept override;
  [[nodiscard]] progress_watch* watch() override { return &watch_; }
  [[nodiscard]] std::size_t window() const override;
  [[nodiscard]] std::chrono::nanoseconds backlog(std::size_t under_way) const override {
    return policy_.backlog(under_way);
  }

 private:
  [[nodiscard]] const std::byte* in_payload_memory(std::span<const std::byte> bytes);
  void weigh(double item_bytes);

  const bulk_plan plan_;
  bulk_work& work_;
  backend& workers_;
  chunk_policy policy_;
  progress_watch watch_;
  const std::byte* closure_ = nullptr;
  std::uint64_t given_ = 0;
  std::uint64_t last_count_ = 0;  // items of the chunk given last
  double heaviest_item_ = 0;      // bytes per item of the heaviest chunk so far, in or out
  heap_sink scratch_;
};

}  // namespace yoke::detail
