#pragma once

#include "capture/memory_map.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace yoke::detail {

/// image_list remembers the read-only file mappings (code, constants, vtables) of the program and its shared libraries
/// at one moment, the fork: pointers into them mean the same in every worker.
class image_list {
 public:
  /// take remembers what is loaded now. Throws std::system_error where there is no /proc.
  static image_list take();

  /// holds says whether `address` lies in such a mapping, and in the very same one still.
  ///
  /// As long as no library has been unloaded it costs well below a microsecond, otherwise a look at /proc/self/maps.
  [[nodiscard]] bool holds(std::uintptr_t address) const;

  /// holds, when the map of now is at hand.
  [[nodiscard]] bool holds(std::uintptr_t address, const memory_map& now) const noexcept;

  /// holds_code is holds for an address that is to be called.
  [[nodiscard]] bool holds_code(std::uintptr_t address) const;

 private:
  struct kept_range : address_range {
    std::uint64_t file_offset = 0;
    dev_t device = 0;
    ino_t inode = 0;
    bool executable = false;
  };

  [[nodiscard]] const kept_range* find(std::uintptr_t address) const noexcept;

  std::vector<kept_range> ranges_;   // sorted by address
  unsigned long long unloaded_ = 0;  // how many libraries had ever been unloaded
};

/// in_image_loaded_at_fork says whether the function at `code` can be called in workers forked when `images` was taken.
[[nodiscard]] inline bool in_image_loaded_at_fork(const void* code, const image_list& images) {
  return images.holds_code(reinterpret_cast<std::uintptr_t>(code));
}

/// image_at returns the file name of the program or shared library that holds `address` now, its variables included; ""
/// for the program itself, empty when there is none.
[[nodiscard]] std::optional<std::string> image_at(std::uintptr_t address);

}  // namespace yoke::detail
