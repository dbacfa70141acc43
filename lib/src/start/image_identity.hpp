#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

namespace yoke::detail {

/// image_identity tells the builds of a program or shared library apart. It has no pointers: it is sent to others.
struct image_identity {
  std::uintptr_t begin = 0;  ///< where it is loaded
  std::uintptr_t end = 0;
  std::array<std::byte, 32> id{};  ///< its build-id; device and inode of its file where it was linked without one
  std::uint32_t id_bytes = 0;
  bool is_program = false;
  std::array<char, 203> file_name{};  ///< without its folder, cut off where it is too long

  [[nodiscard]] std::string_view name() const { return file_name.data(); }

  /// is_same_build says whether both were loaded from the same build, so that all offsets in them are alike.
  [[nodiscard]] bool is_same_build(const image_identity& other) const;

  /// has_same_role says whether both are the program, or libraries of one name.
  [[nodiscard]] bool has_same_role(const image_identity& other) const;
};
static_assert(std::is_trivially_copyable_v<image_identity>);

/// image_note is an image of one process, and whether another process has it.
struct image_note {
  enum finding : std::uint32_t { absent, same, other_build };
  image_identity image;
  finding found = absent;

  /// is_acceptable says whether a pool can do with what was found, where the other process may run another program.
  [[nodiscard]] bool is_acceptable(bool other_program) const {
    return found != other_build || (other_program && image.is_program);
  }
};

/// loaded_images lists the program and the shared libraries of this process, the program first.
[[nodiscard]] std::vector<image_identity> loaded_images();

}  // namespace yoke::detail
