#pragma once

#include "start/image_identity.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace yoke::detail {

/// code_map finds the code of another process in this one, where the same images are loaded at other addresses.
class code_map {
 public:
  /// Compares each of `theirs` with the images of this process, and notes in it what was found.
  explicit code_map(std::span<image_note> theirs);

  /// here returns where the code that the other process has at `there` is in this process; null where it is not.
  [[nodiscard]] std::uintptr_t here(std::uintptr_t there) const noexcept {
    if (there - last_.begin < last_.bytes) return there + last_.shift;
    return look_up(there);
  }

 private:
  struct stretch {
    std::uintptr_t begin = 0;
    std::uintptr_t bytes = 0;
    std::uintptr_t shift = 0;  // modulo 2^64
  };

  [[nodiscard]] std::uintptr_t look_up(std::uintptr_t there) const noexcept;

  std::vector<stretch> stretches_;
  mutable stretch last_;  // workers have one thread that asks
};

}  // namespace yoke::detail
