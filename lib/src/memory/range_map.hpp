#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace yoke::detail {

/// byte_range is `bytes` bytes from `offset` on.
struct byte_range {
  std::size_t offset = 0;
  std::size_t bytes = 0;
};

/// range_map is a set of free ranges in which neighbours grow together. All operations are O(log n).
class range_map {
 public:
  /// insert adds a range. Throws std::logic_error when part of it is free already; std::bad_alloc changes nothing.
  void insert(byte_range range);

  /// take_best_fit removes `bytes` from the start of the smallest range that has them, the lowest among equals.
  std::optional<std::size_t> take_best_fit(std::size_t bytes);

  /// take_from_largest removes up to `bytes` from the end of the largest range; empty when there is none.
  byte_range take_from_largest(std::size_t bytes);

  /// total_bytes is the sum of all ranges.
  [[nodiscard]] std::size_t total_bytes() const noexcept { return total_bytes_; }
  [[nodiscard]] bool empty() const noexcept { return by_offset_.empty(); }
  [[nodiscard]] std::size_t count() const noexcept { return by_offset_.size(); }

 private:
  using offset_index = std::map<std::size_t, std::size_t>;           // offset -> bytes
  using size_index = std::set<std::pair<std::size_t, std::size_t>>;  // (bytes, offset)

  void resize(offset_index::iterator range, std::size_t offset, std::size_t bytes);

  offset_index by_offset_;
  size_index by_size_;
  std::size_t total_bytes_ = 0;
};

}  // namespace yoke::detail
