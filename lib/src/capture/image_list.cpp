#include "capture/image_list.hpp"

#include <algorithm>

#include <link.h>

namespace yoke::detail {

namespace {

template <class Visit>
void for_each_image(Visit visit) {
  const auto callback = [](dl_phdr_info* image, std::size_t, void* context) {
    return (*static_cast<Visit*>(context))(*image) ? 0 : 1;
  };
  ::dl_iterate_phdr(callback, &visit);
}

std::vector<address_range> segments_of(const dl_phdr_info& image) {
  std::vector<address_range> segments;
  for (std::size_t i = 0; i < image.dlpi_phnum; ++i) {
    const auto& header = image.dlpi_phdr[i];
    if (header.p_type != PT_LOAD) continue;
    const std::uintptr_t begin = image.dlpi_addr + header.p_vaddr;
    segments.push_back({begin, begin + header.p_memsz});
  }
  return segments;
}

unsigned long long count_unloaded() {
  unsigned long long unloaded = 0;
  for_each_image([&](const dl_phdr_info& image) {
    unloaded = image.dlpi_subs;
    return false;
  });
  return unloaded;
}

}  // namespace

image_list image_list::take() {
  std::vector<address_range> segments;
  for_each_image([&](const dl_phdr_info& image) {
    const auto more = segments_of(image);
    segments.insert(segments.end(), more.begin(), more.end());
    return true;
  });
  image_list list;
  list.unloaded_ = count_unloaded();
  const memory_map now = memory_map::read();
  for (const mapped_range& range : now.ranges()) {
    const bool in_image = std::any_of(segments.begin(), segments.end(), [&](const address_range& segment) {
      return segment.begin < range.end && range.begin < segment.end;
    });
    if (!in_image || !range.is_file() || range.writable || range.shared || !range.is_accessible()) continue;
    list.ranges_.push_back({range, range.file_offset, range.device, range.inode, range.executable});
  }
  return list;
}

const image_list::kept_range* image_list::find(std::uintptr_t address) const noexcept {
  const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), address,
                                      [](std::uintptr_t value, const kept_range& range) { return value < range.end; });
  return after != ranges_.end() && after->contains(address) ? &*after : nullptr;
}

bool image_list::holds(std::uintptr_t address) const {
  if (find(address) == nullptr) return false;
  return count_unloaded() == unloaded_ || holds(address, memory_map::read());
}

bool image_list::holds(std::uintptr_t address, const memory_map& now) const noexcept {
  const kept_range* const then = find(address);
  const mapped_range* const range = now.find(address);
  return then != nullptr && range != nullptr && !range->writable && !range->shared && range->is_accessible() &&
         range->device == then->device && range->inode == then->inode &&
         range->file_offset - range->begin == then->file_offset - then->begin;
}

bool image_list::holds_code(std::uintptr_t address) const {
  const kept_range* const range = find(address);
  return range != nullptr && range->executable && holds(address);
}

std::optional<std::string> image_at(std::uintptr_t address) {
  std::optional<std::string> name;
  for_each_image([&](const dl_phdr_info& image) {
    for (const address_range& segment : segments_of(image)) {
      if (segment.contains(address)) name = image.dlpi_name;
    }
    return !name;
  });
  return name;
}

}  // namespace yoke::detail
