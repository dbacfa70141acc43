#include "start/image_identity.hpp"

#include "capture/memory_map.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include <link.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

std::string program_file() {
  std::array<char, 4096> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  return {path.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
}

constexpr std::size_t padded(std::size_t bytes) { return (bytes + 3) / 4 * 4; }

void read_build_id(const dl_phdr_info& image, image_identity& into) {
  for (std::size_t i = 0; i < image.dlpi_phnum; ++i) {
    const auto& header = image.dlpi_phdr[i];
    if (header.p_type != PT_NOTE) continue;
    const auto* at = reinterpret_cast<const std::byte*>(image.dlpi_addr + header.p_vaddr);
    for (const std::byte* const end = at + header.p_memsz; at + sizeof(ElfW(Nhdr)) <= end;) {
      ElfW(Nhdr) note{};
      std::memcpy(&note, at, sizeof note);
      const std::byte* const name = at + sizeof note;
      const std::byte* const description = name + padded(note.n_namesz);
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0) {
        into.id_bytes = static_cast<std::uint32_t>(std::min<std::size_t>(note.n_descsz, into.id.size()));
        std::memcpy(into.id.data(), description, into.id_bytes);
        return;
      }
      at = description + padded(note.n_descsz);
    }
  }
}

image_identity identity_of(const dl_phdr_info& image, bool is_program) {
  image_identity found;
  found.is_program = is_program;
  found.begin = UINTPTR_MAX;
  for (std::size_t i = 0; i < image.dlpi_phnum; ++i) {
    const auto& header = image.dlpi_phdr[i];
    if (header.p_type != PT_LOAD) continue;
    found.begin = std::min<std::uintptr_t>(found.begin, image.dlpi_addr + header.p_vaddr);
    found.end = std::max<std::uintptr_t>(found.end, image.dlpi_addr + header.p_vaddr + header.p_memsz);
  }
  const std::string path = is_program ? program_file() : image.dlpi_name;
  const std::string file = path.substr(path.rfind('/') + 1);
  file.copy(found.file_name.data(), found.file_name.size() - 1);
  read_build_id(image, found);
  return found;
}

void identify_by_file(image_identity& image, const memory_map& now) {
  const mapped_range* const range = now.find(image.begin);
  if (range == nullptr || !range->is_file()) return;
  std::memcpy(image.id.data(), &range->device, sizeof range->device);
  std::memcpy(image.id.data() + sizeof range->device, &range->inode, sizeof range->inode);
  image.id_bytes = sizeof range->device + sizeof range->inode;
}

}  // namespace

bool image_identity::is_same_build(const image_identity& other) const {
  return id_bytes != 0 && id_bytes == other.id_bytes && id == other.id && end - begin == other.end - other.begin;
}

bool image_identity::has_same_role(const image_identity& other) const {
  if (is_program || other.is_program) return is_program && other.is_program;
  return name() == other.name();
}

std::vector<image_identity> loaded_images() {
  std::vector<image_identity> found;
  const auto add = [](dl_phdr_info* image, std::size_t, void* context) {
    auto& list = *static_cast<std::vector<image_identity>*>(context);
    const image_identity identity = identity_of(*image, list.empty());
    if (identity.end > identity.begin) list.push_back(identity);
    return 0;
  };
  ::dl_iterate_phdr(add, &found);
  std::optional<memory_map> now;
  for (image_identity& image : found) {
    if (image.id_bytes != 0) continue;
    if (!now) now = memory_map::read();
    identify_by_file(image, *now);
  }
  return found;
}

}  // namespace yoke::detail
