#pragma once

#include "capture/image_list.hpp"
#include "capture/memory_map.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace yoke::detail {

/// pointee is what a captured word points into.
enum class pointee {
  fine,           ///< nothing at all, the segment, or a constant or function of an image that workers have
  stack,          ///< the stack of this thread: what [&] makes
  heap,           ///< memory from malloc or new
  anonymous,      ///< other private memory: large heap blocks, other threads' stacks
  variables,      ///< global and static variables of the program or a library
  private_file,   ///< a private writable mapping of a file
  shared_memory,  ///< a shared mapping other than the pool's segment
  later_library,  ///< code or constants of a library that workers do not have
  read_only,      ///< other read-only memory
  constants,      ///< constants or functions of an image that workers have, but elsewhere
};

/// capture_verdict says whether the bytes of a callable mean the same in workers that were forked earlier.
struct capture_verdict {
  pointee where = pointee::fine;
  std::uintptr_t address = 0;  ///< what that word is
  std::size_t word = 0;        ///< index of the 8-byte word at fault
  std::string file;            ///< the file concerned, where there is one

  [[nodiscard]] bool allowed() const noexcept { return where == pointee::fine; }

  /// is_private_writable: a task that writes through the word would change its own copy, which nobody ever sees.
  [[nodiscard]] bool is_private_writable() const noexcept;

  /// describe returns "word 1 points into the stack" and the like; "" when allowed.
  [[nodiscard]] std::string describe() const;
};

/// images_lie says where workers have the images that the calling process has.
enum class images_lie {
  there,      ///< at the same addresses: they are forks
  elsewhere,  ///< wherever the program was put when it was executed anew
};

/// check_words looks at every whole 8-byte word of `bytes`, as if it were a pointer.
///
/// A word is fine when it points into no mapping that can be accessed, into one of `segments`, or into `images` (taken
/// at the fork), where those lie at the same addresses in workers. The verdict names the first word that is not; one
/// into private writable memory goes before others. Words that cannot be addresses, and those into segments and images,
/// cost nanoseconds; any other reads /proc/self/maps. Clear the padding of what is checked: it may hold old pointers.
[[nodiscard]] capture_verdict check_words(std::span<const std::byte> bytes, const image_list& images,
                                          std::span<const address_range> segments,
                                          images_lie where = images_lie::there);

/// check_words against a map that is at hand.
[[nodiscard]] capture_verdict check_words(std::span<const std::byte> bytes, const image_list& images,
                                          std::span<const address_range> segments, const memory_map& now);

}  // namespace yoke::detail
