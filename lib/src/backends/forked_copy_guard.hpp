#pragma once

#include "memory/array_memory.hpp"
#include "memory/segment.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace yoke::detail {

/// forked_copy_guard knows whether the pool it belongs to is the original, or a copy in a child that the host forked.
///
/// A copy shares the segment and the supervisor with the original. So its first sight of the segment is read-only, set
/// by a fork handler, and its calls are refused by check().
class forked_copy_guard {
 public:
  explicit forked_copy_guard(segment& guarded);
  ~forked_copy_guard();
  forked_copy_guard(const forked_copy_guard&) = delete;
  forked_copy_guard& operator=(const forked_copy_guard&) = delete;

  [[nodiscard]] bool in_copy() const noexcept { return *token_ == 0; }

  /// check throws forked_copy in a copy.
  void check() const;

 private:
  segment& guarded_;
  const volatile unsigned char* token_;  // a page that the kernel zeroes in every forked child
};

/// guarded_segment is the memory of a pool; it stays as long as the pool or one of its arrays.
struct guarded_segment {
  explicit guarded_segment(segment::home where) : memory{where} {}

  segment memory;
  forked_copy_guard guard{memory};
};

/// own_fork marks forks made while it lives as ours: their children keep `home` writable, and the arrays of the pool
/// that they work for, but no other pool's segment.
class own_fork {
 public:
  own_fork(const segment& home, const array_memory* lent);
  ~own_fork();
  own_fork(const own_fork&) = delete;
  own_fork& operator=(const own_fork&) = delete;

  /// restrict makes a known segment what it has to be in such a child.
  void restrict_in_child(const segment& known) const;

 private:
  const segment& home_;
  const array_memory* lent_;
};

/// is_memory_of_another_pool tells whether an address lies in the shared segment of a pool of this process, or of one
/// that it was forked from, other than `own`.
[[nodiscard]] bool is_memory_of_another_pool(std::uintptr_t address, std::span<const std::byte> own);

}  // namespace yoke::detail
