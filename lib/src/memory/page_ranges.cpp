#include "memory/page_ranges.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <string>

namespace yoke::detail {

namespace {

constexpr std::size_t commit_at_least = std::size_t{256} << 10;
constexpr std::size_t cool_at_least = std::size_t{1} << 20;

}  // namespace

page_ranges::page_ranges(segment& memory, std::size_t offset, std::size_t bytes, std::size_t warm_limit)
    : memory_(memory), offset_(offset), bytes_(bytes), warm_limit_(warm_limit) {
  if (((offset | bytes) & (page_size() - 1)) != 0 || offset > memory.size() || bytes > memory.size() - offset) {
    throw std::out_of_range("page_ranges: the area is not made of whole pages inside of the segment");
  }
  cold_.insert({offset, bytes});
}

std::byte* page_ranges::allocate(std::size_t bytes) {
  bytes = std::max<std::size_t>(bytes, 1);
  if (bytes > bytes_) {
    throw out_of_memory("a block of " + std::to_string(bytes) + " bytes is larger than the pool's memory of " +
                        std::to_string(bytes_) + " bytes");
  }
  const std::size_t block = block_bytes(bytes);
  if (bytes > small_blocks::largest) return memory_.base() + allocate_pages(block);
  auto offset = small_.take(bytes);
  if (!offset) {
    const std::size_t page = allocate_pages(block);
    try {
      small_.add_page(page, bytes);
    } catch (...) {
      release_pages(page, block);
      throw;
    }
    offset = small_.take(bytes);
  }
  return memory_.base() + *offset;
}

void page_ranges::release(const std::byte* memory, std::size_t bytes) {
  bytes = std::max<std::size_t>(bytes, 1);
  const std::size_t offset = memory_.contains(memory) ? static_cast<std::size_t>(memory - memory_.base()) : SIZE_MAX;
  if (offset < offset_ || offset - offset_ >= bytes_ || bytes > bytes_ - (offset - offset_)) {
    throw std::logic_error("page_ranges: a block was released that does not lie in this area");
  }
  const std::size_t block = block_bytes(bytes);
  try {
    if (bytes > small_blocks::largest) {
      if (offset % page_size() != 0 || block > used_bytes_) {
        throw std::logic_error("page_ranges: a block was released that was never handed out");
      }
      release_pages(offset, block);
    } else if (const auto page = small_.put(offset, bytes)) {
      release_pages(*page, block);
    }
  } catch (const std::bad_alloc&) {
    // No memory to note the block as free: its pages stay unused.
  }
}

std::size_t page_ranges::block_bytes(std::size_t bytes) const noexcept {
  const std::size_t pages = (bytes - 1) / page_size() + 1;
  const auto width = static_cast<std::size_t>(std::bit_width(pages - 1));
  if (width <= 4 || pages > warm_limit_ / page_size()) return pages * page_size();
  const std::size_t step = std::size_t{1} << (width - 4);
  return (pages + step - 1) / step * step * page_size();
}

std::size_t page_ranges::class_of(std::size_t block) noexcept {
  const std::size_t pages = block / page_size();
  if (pages < 16) return pages;
  const auto shift = static_cast<std::size_t>(std::bit_width(pages)) - 4;
  return 8 * shift + (pages >> shift);
}

std::size_t page_ranges::bytes_of_class(std::size_t size_class) noexcept {
  const std::size_t pages = size_class < 16 ? size_class : (8 + size_class % 8) << (size_class / 8 - 1);
  return pages * page_size();
}

std::size_t page_ranges::allocate_pages(std::size_t block) {
  const auto warm = take_warm(block);
  const std::size_t offset = warm ? *warm : take_cold(block);
  used_bytes_ += block;
  return offset;
}

std::optional<std::size_t> page_ranges::take_warm(std::size_t block) {
  if (block > warm_limit_ || block > warm_bytes()) return std::nullopt;
  auto& recent = recent_[class_of(block)];
  if (!recent.empty()) {
    const std::size_t offset = recent.back();
    recent.pop_back();
    recent_bytes_ -= block;
    return offset;
  }
  if (const auto offset = warm_.take_best_fit(block)) return offset;
  settle_recent();
  return warm_.take_best_fit(block);
}

std::size_t page_ranges::take_cold(std::size_t block) {
  if (block < commit_at_least && warm_bytes() + commit_at_least <= warm_limit_) {
    if (const auto offset = try_commit(block, commit_at_least)) return *offset;
  }
  if (const auto offset = try_commit(block, block)) return *offset;
  trim();
  if (const auto offset = try_commit(block, block)) return *offset;
  throw out_of_memory("no memory for a block of " + std::to_string(block) + " bytes: " + std::to_string(used_bytes_) +
                      " of the pool's " + std::to_string(bytes_) +
                      " bytes are in use, and no range that long is free or the system has no pages for it");
}

std::optional<std::size_t> page_ranges::try_commit(std::size_t block, std::size_t extent) {
  const auto offset = cold_.take_best_fit(extent);
  if (!offset) return std::nullopt;
  try {
    memory_.commit(*offset, extent);
    warm_.insert({*offset + block, extent - block});
    return offset;
  } catch (const std::bad_alloc&) {
    cool({*offset, extent});
    return std::nullopt;
  }
}

void page_ranges::release_pages(std::size_t offset, std::size_t block) {
  if (block > warm_limit_) {
    cool({offset, block});
    used_bytes_ -= block;
    return;
  }
  recent_[class_of(block)].push_back(offset);
  recent_bytes_ += block;
  used_bytes_ -= block;
  while (warm_bytes() > warm_limit_) {
    settle_recent();
    cool(warm_.take_from_largest(std::max(warm_bytes() - warm_limit_, cool_at_least)));
  }
}

void page_ranges::trim() {
  while (const auto page = small_.drop_empty_page()) release_pages(*page, page_size());
  settle_recent();
  while (!warm_.empty()) cool(warm_.take_from_largest(SIZE_MAX));
}

void page_ranges::settle_recent() {
  for (std::size_t size_class = 0; recent_bytes_ > 0 && size_class < size_classes; ++size_class) {
    auto& recent = recent_[size_class];
    for (const std::size_t block = bytes_of_class(size_class); !recent.empty(); recent.pop_back()) {
      warm_.insert({recent.back(), block});
      recent_bytes_ -= block;
    }
  }
}

void page_ranges::cool(byte_range range) {
  memory_.punch(range.offset, range.bytes);
  cold_.insert(range);
}

}  // namespace yoke::detail
