#include "memory/range_map.hpp"

#include <algorithm>
#include <stdexcept>

namespace yoke::detail {

void range_map::insert(byte_range range) {
  if (range.bytes == 0) return;
  const auto next = by_offset_.lower_bound(range.offset);
  const auto previous = next == by_offset_.begin() ? by_offset_.end() : std::prev(next);
  const bool has_next = next != by_offset_.end();
  const bool has_previous = previous != by_offset_.end();
  const std::size_t end = range.offset + range.bytes;
  if ((has_next && next->first < end) || (has_previous && previous->first + previous->second > range.offset)) {
    throw std::logic_error("range_map: a range was released twice");
  }
  const bool joins_next = has_next && next->first == end;
  const bool joins_previous = has_previous && previous->first + previous->second == range.offset;

  if (joins_previous) {
    std::size_t bytes = previous->second + range.bytes;
    if (joins_next) {
      bytes += next->second;
      by_size_.erase({next->second, next->first});
      by_offset_.erase(next);
    }
    resize(previous, previous->first, bytes);
  } else if (joins_next) {
    resize(next, range.offset, range.bytes + next->second);
  } else {
    const auto added = by_offset_.emplace_hint(next, range.offset, range.bytes);
    try {
      by_size_.emplace(range.bytes, range.offset);
    } catch (...) {
      by_offset_.erase(added);
      throw;
    }
  }
  total_bytes_ += range.bytes;
}

std::optional<std::size_t> range_map::take_best_fit(std::size_t bytes) {
  const auto fit = by_size_.lower_bound({bytes, 0});
  if (fit == by_size_.end()) return std::nullopt;
  const auto [found, offset] = *fit;
  resize(by_offset_.find(offset), offset + bytes, found - bytes);
  total_bytes_ -= bytes;
  return offset;
}

byte_range range_map::take_from_largest(std::size_t bytes) {
  if (by_size_.empty()) return {};
  const auto [found, offset] = *by_size_.rbegin();
  const std::size_t taken = std::min(bytes, found);
  resize(by_offset_.find(offset), offset, found - taken);
  total_bytes_ -= taken;
  return {offset + found - taken, taken};
}

// Nodes are moved, never allocated, so that this cannot fail.
void range_map::resize(offset_index::iterator range, std::size_t offset, std::size_t bytes) {
  auto size_node = by_size_.extract({range->second, range->first});
  if (bytes == 0) {
    by_offset_.erase(range);
    return;
  }
  size_node.value() = {bytes, offset};
  by_size_.insert(std::move(size_node));
  if (offset == range->first) {
    range->second = bytes;
    return;
  }
  auto offset_node = by_offset_.extract(range);
  offset_node.key() = offset;
  offset_node.mapped() = bytes;
  by_offset_.insert(std::move(offset_node));
}

}  // namespace yoke::detail
