#pragma once

#include <yoke/detail/codec_refusal.hpp>

#include <cstddef>
#include <memory>

namespace yoke::detail {

class array_memory;
class pool_core;

/// require_shared fails to compile, with the cure, unless a T can lie in memory that several processes use.
template <class T>
consteval void require_shared() {
  using found = verdict_on<T, codec_role::result>;
  static_cast<void>(sizeof(refused<found::why, typename found::culprit, T>));
  static_assert(
      found::why != refusal::none || copied_whole<T>,
      "yoke: what is shared holds all it is made of in itself: numbers, enums, std::array, aggregates of such, "
      "or a trivially copyable class with yoke::portable<T>; no strings or containers");
}

/// shared_block is memory of a pool that every worker can write, zeros at first; it outlives the pool if need be.
class shared_block {
 public:
  shared_block() = default;

  /// Takes `bytes` bytes, aligned to `alignment` (a power of two), with addresses for `reserved` bytes set aside.
  /// Throws std::bad_alloc, std::invalid_argument, forked_copy.
  shared_block(const pool_core& of, std::size_t bytes, std::size_t reserved, std::size_t alignment);
  shared_block(shared_block&& other) noexcept;
  shared_block& operator=(shared_block&& other) noexcept;
  ~shared_block();

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  /// room is how many bytes resize() may ask for.
  [[nodiscard]] std::size_t room() const noexcept { return room_; }

  /// resize makes the block longer, by zeros, or shorter; its address stays. Throws std::bad_alloc.
  void resize(std::size_t bytes);

 private:
  std::shared_ptr<array_memory> owner_;
  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
  std::size_t room_ = 0;
};

}  // namespace yoke::detail
