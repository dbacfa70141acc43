#pragma once

#include "memory/range_map.hpp"
#include "memory/segment.hpp"
#include "memory/small_blocks.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace yoke::detail {

/// page_ranges hands out memory from one area of a segment. Its books are private to the coordinator, so no worker can
/// scribble on them. Not thread-safe: called under the engine's lock.
///
/// Free pages are *warm* (committed) or *cold*. Warm ones are used first and kept up to a limit; beyond it they are
/// given back to the system. From one page on, sizes are rounded up by at most an eighth, so that blocks of similar
/// size use the same pages again; blocks of up to 2 KiB share pages. A block of a size that was released lately costs
/// tens of nanoseconds and no system call; the rest is O(log n) plus the system calls for new pages.
class page_ranges {
 public:
  static constexpr std::size_t usual_warm_limit = std::size_t{64} << 20;

  /// Manages `bytes` of `memory` from `offset` on (whole pages); at most `warm_limit` of it stays committed unused.
  page_ranges(segment& memory, std::size_t offset, std::size_t bytes, std::size_t warm_limit = usual_warm_limit);
  page_ranges(const page_ranges&) = delete;
  page_ranges& operator=(const page_ranges&) = delete;

  /// allocate returns committed memory for `bytes` (0 counts as 1), contents unspecified: aligned to a page above 2
  /// KiB, below to its size rounded up to a power of two, at least 64. Throws out_of_memory, and is then as before.
  std::byte* allocate(std::size_t bytes);

  /// release takes back what allocate(bytes) returned. Throws std::logic_error when that cannot be. Where there is no
  /// memory to note the block as free, its pages stay unused.
  void release(const std::byte* memory, std::size_t bytes);

  /// trim gives all pages that are not in use back to the system.
  void trim();

  /// used_bytes is what has been handed out, roundings included.
  [[nodiscard]] std::size_t used_bytes() const noexcept { return used_bytes_; }
  /// warm_bytes is what is committed and free.
  [[nodiscard]] std::size_t warm_bytes() const noexcept { return recent_bytes_ + warm_.total_bytes(); }

 private:
  // Sizes with four significant bits: 1, 2, ... 15, 16, 18, 20, ... pages.
  static constexpr std::size_t size_classes = 8 * 64;

  [[nodiscard]] std::size_t block_bytes(std::size_t bytes) const noexcept;
  [[nodiscard]] static std::size_t class_of(std::size_t block) noexcept;
  [[nodiscard]] static std::size_t bytes_of_class(std::size_t size_class) noexcept;

  std::size_t allocate_pages(std::size_t block);
  std::optional<std::size_t> take_warm(std::size_t block);
  std::size_t take_cold(std::size_t block);
  std::optional<std::size_t> try_commit(std::size_t block, std::size_t extent);

  void release_pages(std::size_t offset, std::size_t block);
  void settle_recent();
  void cool(byte_range range);

  segment& memory_;
  const std::size_t offset_;
  const std::size_t bytes_;
  const std::size_t warm_limit_;  // blocks beyond it are never warm and never rounded to a class
  std::array<std::vector<std::size_t>, size_classes> recent_;  // warm blocks by class, last released first
  std::size_t recent_bytes_ = 0;
  range_map warm_;
  range_map cold_;
  small_blocks small_;
  std::size_t used_bytes_ = 0;
};

}  // namespace yoke::detail
