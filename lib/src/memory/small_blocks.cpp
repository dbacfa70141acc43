#include "memory/small_blocks.hpp"

#include "memory/segment.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace yoke::detail {

std::size_t small_blocks::kind_for(std::size_t bytes) noexcept {
  constexpr auto smallest_width = std::bit_width(smallest - 1);
  const auto width = std::max(std::bit_width(bytes - 1), smallest_width);
  return static_cast<std::size_t>(width - smallest_width);
}

std::uint64_t small_blocks::all_slots(std::size_t kind) noexcept {
  const std::size_t slots = std::min<std::size_t>(64, page_size() / (smallest << kind));
  return ~std::uint64_t{0} >> (64 - slots);
}

std::optional<std::size_t> small_blocks::take(std::size_t bytes) {
  const std::size_t kind = kind_for(bytes);
  if (open_[kind].empty()) return std::nullopt;
  page_state& page = *open_[kind].back();
  const auto slot = static_cast<std::size_t>(std::countr_zero(page.free_slots));
  page.free_slots &= page.free_slots - 1;
  if (page.free_slots == 0) close(page);
  return page.offset + slot * (smallest << kind);
}

void small_blocks::add_page(std::size_t page, std::size_t bytes) {
  const std::size_t kind = kind_for(bytes);
  // A page's place is ready before it is needed: put() must not fail for lack of memory.
  open_[kind].reserve(pages_.size() + 1);
  const auto [entry, added] = pages_.try_emplace(page);
  entry->second = page_state{page, all_slots(kind), 0, kind};
  open(entry->second);
}

std::optional<std::size_t> small_blocks::put(std::size_t offset, std::size_t bytes) {
  const std::size_t kind = kind_for(bytes);
  const std::size_t in_page = offset % page_size();
  const auto found = pages_.find(offset - in_page);
  const std::uint64_t slot = std::uint64_t{1} << ((in_page / (smallest << kind)) & 63);
  if (found == pages_.end() || found->second.kind != kind || in_page % (smallest << kind) != 0 ||
      (found->second.free_slots & slot) != 0) {
    throw std::logic_error("small_blocks: a block was released that is not in use");
  }
  page_state& page = found->second;
  if (page.free_slots == 0) open(page);
  page.free_slots |= slot;
  if (page.free_slots != all_slots(kind) || open_[kind].size() == 1) return std::nullopt;
  close(page);
  pages_.erase(found);
  return offset - in_page;
}

std::optional<std::size_t> small_blocks::drop_empty_page() {
  for (const auto& pages : open_) {
    for (page_state* const page : pages) {
      if (page->free_slots != all_slots(page->kind)) continue;
      const std::size_t offset = page->offset;
      close(*page);
      pages_.erase(offset);
      return offset;
    }
  }
  return std::nullopt;
}

void small_blocks::open(page_state& page) {
  page.place = open_[page.kind].size();
  open_[page.kind].push_back(&page);
}

void small_blocks::close(page_state& page) noexcept {
  auto& pages = open_[page.kind];
  pages[page.place] = pages.back();
  pages[page.place]->place = page.place;
  pages.pop_back();
}

}  // namespace yoke::detail
