#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace yoke::detail {

/// throw_truncated throws yoke::damaged_payload: `wanted` bytes were to be read where `left` are left.
[[noreturn]] void throw_truncated(std::size_t wanted, std::size_t left);

/// throw_damaged throws yoke::damaged_payload: a value was read that no encoder writes. `what` names the value.
[[noreturn]] void throw_damaged(const char* what);

/// byte_reader reads a payload from front to back and never past its end: whatever would, throws damaged_payload.
///
/// The bytes may lie at any address; nothing is read through a misaligned pointer.
class byte_reader {
 public:
  explicit byte_reader(std::span<const std::byte> payload)
      : cursor_{payload.data()}, end_{payload.data() + payload.size()} {}

  /// left is the number of bytes not read yet.
  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - cursor_); }

  /// take returns the next `bytes` bytes, in place, and moves past them.
  const std::byte* take(std::size_t bytes) {
    if (bytes > left()) throw_truncated(bytes, left());
    const std::byte* taken = cursor_;
    cursor_ += bytes;
    return taken;
  }

  /// read returns a trivially copyable T from the next sizeof(T) bytes.
  template <class T>
  T read() {
    const std::byte* from = take(sizeof(T));
    if constexpr (std::is_trivially_default_constructible_v<T>) {
      T value;
      std::memcpy(&value, from, sizeof(T));
      return value;
    } else {
      std::array<std::byte, sizeof(T)> bytes;
      std::memcpy(bytes.data(), from, sizeof(T));
      return std::bit_cast<T>(bytes);
    }
  }

  /// read_count returns a number of elements, each at least `bytes_each` bytes long (0 counts as 1). More elements than
  /// the rest of the payload can hold are refused here, before anybody makes room for them.
  std::size_t read_count(std::size_t bytes_each) {
    const auto count = read<std::uint64_t>();
    const std::size_t most = bytes_each == 0 ? left() : left() / bytes_each;
    if (count > most) throw_truncated(static_cast<std::size_t>(count), most);
    return static_cast<std::size_t>(count);
  }

 private:
  const std::byte* cursor_;
  const std::byte* end_;
};

}  // namespace yoke::detail
