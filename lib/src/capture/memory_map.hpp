#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace yoke::detail {

/// address_range is the addresses from begin up to, not including, end.
struct address_range {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;

  [[nodiscard]] bool contains(std::uintptr_t address) const noexcept { return address >= begin && address < end; }
};

/// mapped_range is one line of /proc/self/maps.
struct mapped_range : address_range {
  bool readable = false;
  bool writable = false;
  bool executable = false;
  bool shared = false;
  std::uint64_t file_offset = 0;
  dev_t device = 0;
  ino_t inode = 0;        ///< 0 when it is no file
  std::string_view name;  ///< a path, "[heap]", "[stack]" and such, or nothing; valid as long as the map

  [[nodiscard]] bool is_file() const noexcept { return inode != 0; }
  [[nodiscard]] bool is_accessible() const noexcept { return readable || writable || executable; }
};

/// memory_map is what the calling process had mapped at one moment, sorted by address.
class memory_map {
 public:
  /// read takes the map of now: some 50 microseconds. Throws std::system_error where there is no /proc.
  static memory_map read();

  /// Parses the text of a maps file; lines that make no sense are left out.
  explicit memory_map(std::string_view text);

  /// find returns the range that holds `address`, or null.
  [[nodiscard]] const mapped_range* find(std::uintptr_t address) const noexcept;

  [[nodiscard]] std::span<const mapped_range> ranges() const noexcept { return ranges_; }

 private:
  explicit memory_map(std::vector<char> text);

  std::vector<char> text_;
  std::vector<mapped_range> ranges_;
};

}  // namespace yoke::detail
