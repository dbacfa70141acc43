#include "engine/heap_sink.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace yoke::detail {

heap_sink::~heap_sink() { std::free(begin_); }

void heap_sink::shrink(std::size_t bytes) {
  cursor_ = begin_;
  if (static_cast<std::size_t>(limit_ - begin_) <= bytes) return;
  std::free(begin_);
  begin_ = cursor_ = limit_ = nullptr;
}

void heap_sink::grow(std::size_t bytes) {
  constexpr std::size_t smallest = 4096;
  const std::size_t used = size();
  const std::size_t capacity = static_cast<std::size_t>(limit_ - begin_);
  if (bytes > static_cast<std::size_t>(PTRDIFF_MAX) - used) throw std::bad_alloc{};
  const std::size_t wanted = std::max({used + bytes, capacity + capacity / 2, smallest});
  void* memory = std::realloc(begin_, wanted);
  if (memory == nullptr) throw std::bad_alloc{};
  begin_ = static_cast<std::byte*>(memory);
  cursor_ = begin_ + used;
  limit_ = begin_ + wanted;
}

}  // namespace yoke::detail
