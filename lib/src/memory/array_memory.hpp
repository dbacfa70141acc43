#pragma once

#include "memory/range_map.hpp"
#include "memory/segment.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <span>

#include <sys/types.h>

namespace yoke::detail {

/// array_memory is the part of a pool's segment that every worker can write: shared arrays are page ranges of it. It
/// keeps the segment alive, so an array may outlive its pool.
///
/// Which ranges are in use is noted here, privately. Any thread may call any function; one lock, innermost.
class array_memory {
 public:
  /// Manages `area` of `home` (whole pages).
  array_memory(std::shared_ptr<segment> home, byte_range area);
  array_memory(const array_memory&) = delete;
  array_memory& operator=(const array_memory&) = delete;

  /// take returns `bytes` bytes of committed zeros, with addresses for `reserved` bytes set aside from there on;
  /// `alignment` is a power of two. Costs some system calls, and 0.1 to 0.3 ms for each MiB; whole pages are used up.
  /// Throws out_of_memory, which says how much there is.
  std::byte* take(std::size_t bytes, std::size_t reserved, std::size_t alignment);

  /// resize commits zeros behind the first `bytes` bytes of a block, or gives their pages back: at most what was set
  /// aside for it. Throws out_of_memory, and has then changed nothing.
  void resize(std::byte* block, std::size_t bytes, std::size_t wanted);

  /// release gives a block back to the system, but in a forked copy of the process that took it.
  void release(std::byte* block) noexcept;

  /// room is how many bytes were set aside for a block.
  [[nodiscard]] std::size_t room(const std::byte* block) const;

  [[nodiscard]] std::span<std::byte> range() const noexcept { return {home_->base() + area_.offset, area_.bytes}; }
  [[nodiscard]] segment& home() const noexcept { return *home_; }

  /// contains tells whether all these bytes lie in the area; holds, whether they lie in one block, committed.
  [[nodiscard]] bool contains(std::span<const std::byte> bytes) const noexcept;
  [[nodiscard]] bool holds(std::span<const std::byte> bytes) const;

 private:
  struct block_state {
    std::size_t reserved = 0;
    std::size_t committed = 0;
  };
  using block_index = std::map<std::size_t, block_state>;  // by offset in the segment

  void commit(std::size_t offset, std::size_t bytes, std::size_t reserved);
  [[nodiscard]] std::size_t offset_of(const std::byte* block) const;

  const std::shared_ptr<segment> home_;
  const byte_range area_;
  const pid_t owner_;
  mutable std::mutex mutex_;
  range_map free_;
  block_index blocks_;
};

}  // namespace yoke::detail
