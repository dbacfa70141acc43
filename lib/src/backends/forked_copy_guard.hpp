#pragma once

#include "memory/segment.hpp"

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

/// own_fork marks forks made while it lives as ours: their children keep `home` writable, and no other pool's segment.
class own_fork {
 public:
  explicit own_fork(segment& home);
  ~own_fork();
  own_fork(const own_fork&) = delete;
  own_fork& operator=(const own_fork&) = delete;
};

}  // namespace yoke::detail
