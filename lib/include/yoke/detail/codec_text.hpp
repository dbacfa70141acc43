#pragma once

#include <yoke/detail/codec_core.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

namespace yoke::detail {

/// write_block appends a count and `count` elements of sizeof(T) bytes each, from `first` on.
template <class T>
void write_block(byte_sink& out, const T* first, std::size_t count) {
  const std::uint64_t written = count;
  const std::size_t bytes = count * sizeof(T);
  std::byte* to = out.reserve(sizeof written + bytes);
  std::memcpy(to, &written, sizeof written);
  if (bytes != 0) std::memcpy(to + sizeof written, static_cast<const void*>(first), bytes);
  out.commit(sizeof written + bytes);
}

/// A string is its length and its characters: one allocation to decode, embedded NULs kept.
template <class C, class Traits, class Allocator>
struct wire<std::basic_string<C, Traits, Allocator>> {
  using type = std::basic_string<C, Traits, Allocator>;
  using parts = type_list<C>;
  static constexpr std::size_t least_bytes = sizeof(std::uint64_t);

  static void encode(byte_sink& out, const type& value) { write_block(out, value.data(), value.size()); }

  static type decode(byte_reader& in) {
    const std::size_t count = in.read_count(sizeof(C));
    const std::byte* from = in.take(count * sizeof(C));
    if constexpr (sizeof(C) == 1) {
      return type(reinterpret_cast<const C*>(from), count);
    } else {
      type value(count, C{});
      std::memcpy(value.data(), from, count * sizeof(C));
      return value;
    }
  }
};

/// A string_view is encoded as a string is, and decoded as a view into the payload: good for as long as the task runs.
template <class C, class Traits>
requires(sizeof(C) == 1) struct wire<std::basic_string_view<C, Traits>> {
  using type = std::basic_string_view<C, Traits>;
  using parts = type_list<>;
  static constexpr std::size_t least_bytes = sizeof(std::uint64_t);

  static void encode(byte_sink& out, type value) { write_block(out, value.data(), value.size()); }

  static type decode(byte_reader& in) {
    const std::size_t count = in.read_count(1);
    return {reinterpret_cast<const C*>(in.take(count)), count};
  }
};

/// A path is its native string.
template <>
struct wire<std::filesystem::path> {
  using parts = type_list<>;
  static constexpr std::size_t least_bytes = sizeof(std::uint64_t);

  static void encode(byte_sink& out, const std::filesystem::path& value) { write_value(out, value.native()); }
  static std::filesystem::path decode(byte_reader& in) { return read_value<std::filesystem::path::string_type>(in); }
};

}  // namespace yoke::detail
