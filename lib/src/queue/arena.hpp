#pragma once

#include <yoke/detail/byte_sink.hpp>

#include "memory/segment.hpp"
#include "queue/queue_layout.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>

namespace yoke::detail {

/// arena hands a worker room for its results, inside its own seat's part of the segment.
///
/// Each chunk's results are one contiguous region. Regions are freed in the order they were made, as the coordinator's
/// count of delivered records rises; with none left the arena starts at its first byte again, so that a steady stream
/// of chunks stays in the same few cached pages. The arena is address space: memory is committed as results grow, and
/// given back after a large one.
class arena {
 public:
  /// Makes the arena of a worker's life in the area `range` of `home`, `delivered` records of earlier lives taken.
  arena(segment& home, queue_layout::range range, std::uint64_t delivered);

  /// sink is where one chunk's results go; it grows until the arena is full, then throws too_large.
  class sink final : public byte_sink {
   public:
    sink(arena& owner, std::size_t begin, std::size_t end);
    /// offset is where the region begins in the arena.
    [[nodiscard]] std::size_t offset() const { return begin_offset_; }

   private:
    void grow(std::size_t bytes) override;

    arena& owner_;
    std::size_t begin_offset_;
    std::size_t end_offset_;
  };

  /// is_roomy tells whether a quarter of the arena is free in one piece, `delivered` being the records taken so far.
  /// Otherwise delivery will make room: wait for it, so that results up to that size always fit.
  [[nodiscard]] bool is_roomy(std::uint64_t delivered);

  /// open starts a region in the largest gap left, `delivered` being the records the coordinator has taken so far.
  sink open(std::uint64_t delivered);

  /// close keeps the region until one more record is delivered.
  void close(const sink& used);

 private:
  struct region {
    std::size_t begin;
    std::size_t end;
  };

  [[nodiscard]] region largest_gap() const;
  void reclaim(std::uint64_t delivered);
  void commit_to(std::size_t end);

  segment& home_;
  queue_layout::range range_;
  std::uint64_t delivered_;
  std::deque<region> held_;    // oldest first
  std::size_t committed_ = 0;  // bytes from the arena's start that are backed by memory
};

}  // namespace yoke::detail
