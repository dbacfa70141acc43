#pragma once

#include <cstddef>
#include <cstring>

namespace yoke::detail {

/// byte_sink is a contiguous, growing run of bytes that encoders append to.
///
/// Where the bytes live (a worker's arena, a slab, private memory) is the derived class's business. Growing may move
/// the bytes, so a pointer from reserve() is good only until the next call that may grow.
class byte_sink {
 public:
  byte_sink(const byte_sink&) = delete;
  byte_sink& operator=(const byte_sink&) = delete;

  /// reserve returns room for `bytes` at the end, without counting it as written.
  /// Throws yoke::too_large or std::bad_alloc when there is no such room to be had.
  std::byte* reserve(std::size_t bytes) {
    if (static_cast<std::size_t>(limit_ - cursor_) < bytes) grow(bytes);
    return cursor_;
  }

  /// commit counts `bytes` of the room reserved last as written.
  void commit(std::size_t bytes) { cursor_ += bytes; }

  /// append copies `bytes` bytes from `from` to the end.
  void append(const void* from, std::size_t bytes) {
    if (bytes == 0) return;
    std::memcpy(reserve(bytes), from, bytes);
    cursor_ += bytes;
  }

  /// overwrite writes over bytes that were appended before, from position `at` on.
  void overwrite(std::size_t at, const void* from, std::size_t bytes) { std::memcpy(begin_ + at, from, bytes); }

  /// truncate forgets all that was written past the first `bytes`.
  void truncate(std::size_t bytes) { cursor_ = begin_ + bytes; }

  /// size is the number of bytes written.
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(cursor_ - begin_); }
  [[nodiscard]] const std::byte* data() const { return begin_; }

 protected:
  byte_sink() = default;
  ~byte_sink() = default;

  /// grow makes room for at least `bytes` more: sets begin_, cursor_ and limit_ anew and keeps what was written.
  virtual void grow(std::size_t bytes) = 0;

  std::byte* begin_ = nullptr;
  std::byte* cursor_ = nullptr;
  std::byte* limit_ = nullptr;
};

}  // namespace yoke::detail
