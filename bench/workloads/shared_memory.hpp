#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <type_traits>

#include <sys/mman.h>

namespace yoke::bench {

/// shared_values maps `count` zeroed values that processes forked later share, for as long as the process lives. Throws
/// std::bad_alloc.
template <class T>
std::span<T> shared_values(std::size_t count) {
  static_assert(std::is_trivially_destructible_v<T>);
  void* const memory = ::mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc{};
  T* const first = static_cast<T*>(memory);
  for (std::size_t at = 0; at < count; ++at) ::new (static_cast<void*>(first + at)) T{};
  return {first, count};
}

}  // namespace yoke::bench
