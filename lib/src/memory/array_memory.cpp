#include "memory/array_memory.hpp"

#include "sys/memory_pressure.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include <unistd.h>

namespace yoke::detail {
namespace {

// Below this much, the kernel itself may say whether it has the pages.
constexpr std::size_t worth_asking = std::size_t{64} << 20;

std::size_t whole_pages(std::size_t bytes) { return (bytes + page_size() - 1) / page_size() * page_size(); }

std::string in_mebibytes(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

/// The kernel ends processes rather than refusing what it promised: what cannot be had is not asked for.
void require_available(std::size_t bytes) {
  if (bytes < worth_asking) return;
  const std::uint64_t available = memory_available();
  if (bytes <= available) return;
  throw out_of_memory("a shared array needs " + in_mebibytes(bytes) + " of memory, and " + in_mebibytes(available) +
                      " are available");
}

}  // namespace

array_memory::array_memory(std::shared_ptr<segment> home, byte_range area)
    : home_{std::move(home)}, area_{area}, owner_{::getpid()} {
  free_.insert(area);
}

std::byte* array_memory::take(std::size_t bytes, std::size_t reserved, std::size_t alignment) {
  if (alignment > area_.bytes) {
    throw out_of_memory("a shared array cannot be aligned to " + std::to_string(alignment) + " bytes: the pool has " +
                        in_mebibytes(area_.bytes) + " of addresses for all of them");
  }
  if (bytes > area_.bytes || reserved > area_.bytes) {
    throw out_of_memory("a shared array of " + in_mebibytes(std::max(bytes, reserved)) + " is larger than the " +
                        in_mebibytes(area_.bytes) + " of addresses that the pool has for all of them");
  }
  reserved = whole_pages(std::max({bytes, reserved, std::size_t{1}}));
  alignment = std::max(alignment, page_size());
  const bool huge = bytes >= huge_page_size && has_huge_pages(home_->where() == segment::home::shared);
  if (huge) alignment = std::max(alignment, huge_page_size);
  const std::size_t slack = alignment - page_size();

  const std::scoped_lock hold{mutex_};
  const auto found = free_.take_best_fit(reserved + slack);
  if (!found) {
    throw out_of_memory("the pool's addresses for shared arrays have no room for one of " + in_mebibytes(reserved) +
                        ": " + in_mebibytes(free_.total_bytes()) + " of " + in_mebibytes(area_.bytes) +
                        " are free, in pieces that are smaller; reserve less, or drop arrays that are not needed");
  }
  const auto misaligned = (reinterpret_cast<std::uintptr_t>(home_->base()) + *found) & (alignment - 1);
  const std::size_t offset = *found + (misaligned == 0 ? 0 : alignment - misaligned);
  if (offset > *found) free_.insert({*found, offset - *found});
  if (const std::size_t end = offset + reserved; end < *found + reserved + slack) {
    free_.insert({end, *found + reserved + slack - end});
  }
  try {
    blocks_.emplace(offset, block_state{reserved, whole_pages(bytes)});
    commit(offset, whole_pages(bytes), reserved);
  } catch (...) {
    blocks_.erase(offset);
    home_->punch(offset, reserved);
    free_.insert({offset, reserved});
    throw;
  }
  return home_->base() + offset;
}

void array_memory::resize(std::byte* block, std::size_t bytes, std::size_t wanted) {
  const std::size_t offset = offset_of(block);
  const std::scoped_lock hold{mutex_};
  block_state& state = blocks_.at(offset);
  const std::size_t target = whole_pages(wanted);
  if (target > state.reserved) throw std::logic_error("array_memory: more than was set aside for the block");
  if (target > state.committed) {
    commit(offset + state.committed, target - state.committed, state.reserved - state.committed);
  } else {
    home_->punch(offset + target, state.committed - target);
  }
  if (wanted < bytes) std::fill(block + wanted, block + std::min(bytes, target), std::byte{0});
  state.committed = target;
}

void array_memory::release(std::byte* block) noexcept {
  if (owner_ != ::getpid()) return;  // the memory is still the original's
  try {
    const std::size_t offset = offset_of(block);
    const std::scoped_lock hold{mutex_};
    const auto found = blocks_.find(offset);
    const byte_range range{offset, found->second.reserved};
    home_->prefer_huge_pages(range.offset, range.bytes, false);
    home_->punch(range.offset, range.bytes);
    blocks_.erase(found);
    free_.insert(range);
  } catch (const std::exception&) {
    // No memory to note the range as free: its addresses stay unused.
  }
}

std::size_t array_memory::room(const std::byte* block) const {
  const std::scoped_lock hold{mutex_};
  return blocks_.at(offset_of(block)).reserved;
}

bool array_memory::contains(std::span<const std::byte> bytes) const noexcept {
  const auto begin = reinterpret_cast<std::uintptr_t>(range().data());
  const auto at = reinterpret_cast<std::uintptr_t>(bytes.data());
  return at >= begin && at - begin <= area_.bytes && bytes.size() <= area_.bytes - (at - begin);
}

bool array_memory::holds(std::span<const std::byte> bytes) const {
  if (!contains(bytes)) return false;
  const std::size_t offset = offset_of(bytes.data());
  const std::scoped_lock hold{mutex_};
  auto block = blocks_.upper_bound(offset);
  if (block == blocks_.begin()) return false;
  --block;
  const std::size_t inside = offset - block->first;
  return inside <= block->second.committed && bytes.size() <= block->second.committed - inside;
}

/// A task with a wild pointer may have left something in pages that nobody had: they are emptied first.
void array_memory::commit(std::size_t offset, std::size_t bytes, std::size_t reserved) {
  require_available(bytes);
  home_->punch(offset, reserved);
  if (bytes >= huge_page_size) home_->prefer_huge_pages(offset, reserved, true);
  home_->commit(offset, bytes);
}

std::size_t array_memory::offset_of(const std::byte* block) const {
  return static_cast<std::size_t>(block - home_->base());
}

}  // namespace yoke::detail
