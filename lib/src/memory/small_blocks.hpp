#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace yoke::detail {

/// small_blocks divides pages into blocks of 64, 128, ... 2048 bytes, one size a page. Which blocks are free is noted
/// here and nowhere in the pages: workers may write to them.
class small_blocks {
 public:
  static constexpr std::size_t smallest = 64;
  static constexpr std::size_t largest = 2048;

  /// take returns the offset of a block for `bytes` (at most `largest`); empty when no page of that size has one left.
  std::optional<std::size_t> take(std::size_t bytes);

  /// add_page lets blocks for `bytes` be taken from the page at `page`.
  void add_page(std::size_t page, std::size_t bytes);

  /// put frees a block and returns its page when that is not needed any more: the caller gives it back.
  ///
  /// One empty page of each size is kept. Throws std::logic_error when no such block is in use.
  std::optional<std::size_t> put(std::size_t offset, std::size_t bytes);

  /// drop_empty_page gives up one of the empty pages that are kept; empty when there is none. O(pages).
  std::optional<std::size_t> drop_empty_page();

 private:
  static constexpr std::size_t kinds = 6;

  struct page_state {
    std::size_t offset = 0;
    std::uint64_t free_slots = 0;  // bit i: block i is free
    std::size_t place = 0;         // index in open_, while any slot is free
    std::size_t kind = 0;
  };

  static std::size_t kind_for(std::size_t bytes) noexcept;
  static std::uint64_t all_slots(std::size_t kind) noexcept;
  void open(page_state& page);
  void close(page_state& page) noexcept;

  std::unordered_map<std::size_t, page_state> pages_;  // by offset
  std::array<std::vector<page_state*>, kinds> open_;   // pages with a free slot, by kind
};

}  // namespace yoke::detail
