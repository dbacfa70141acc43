#pragma once

#include <yoke/detail/codec_core.hpp>
#include <yoke/detail/codec_text.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <list>
#include <type_traits>
#include <utility>
#include <vector>

namespace yoke::detail {

/// write_element appends one element of a container. One that may be encoded in no bytes at all is given a byte, so
/// that a count can always be checked against what is left of the payload.
template <class T>
void write_element(byte_sink& out, const T& value) {
  write_value(out, value);
  if constexpr (least_bytes<T>() == 0) write_value(out, std::byte{0});
}

template <class T>
T read_element(byte_reader& in) {
  if constexpr (least_bytes<T>() == 0) {
    T value = read_value<T>(in);
    in.take(1);
    return value;
  } else {
    return read_value<T>(in);
  }
}

/// packed_iterator walks over elements that lie one after another at any address, aligned or not.
template <class T>
class packed_iterator {
 public:
  using iterator_category = std::random_access_iterator_tag;
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using pointer = const T*;
  using reference = T;

  explicit packed_iterator(const std::byte* at) : at_{at} {}

  T operator*() const { return byte_reader{{at_, sizeof(T)}}.template read<T>(); }
  packed_iterator& operator++() {
    at_ += sizeof(T);
    return *this;
  }
  packed_iterator operator++(int) { return packed_iterator{std::exchange(at_, at_ + sizeof(T))}; }
  difference_type operator-(const packed_iterator& other) const {
    return (at_ - other.at_) / static_cast<difference_type>(sizeof(T));
  }
  packed_iterator& operator+=(difference_type by) {
    at_ += by * static_cast<difference_type>(sizeof(T));
    return *this;
  }
  bool operator==(const packed_iterator&) const = default;

 private:
  const std::byte* at_;
};

/// sequence_wire carries containers that grow at the back: their size, then their elements.
template <class Container>
struct sequence_wire {
  using element = typename Container::value_type;
  using parts = type_list<element>;
  static constexpr std::size_t least_bytes = sizeof(std::uint64_t);

  static void encode(byte_sink& out, const Container& value) {
    write_value(out, std::uint64_t{value.size()});
    for (const auto& each : value) write_element<element>(out, each);
  }

  static Container decode(byte_reader& in) {
    const std::size_t count = in.read_count(detail::least_bytes<element>());
    Container value;
    if constexpr (requires { value.reserve(count); }) value.reserve(count);
    for (std::size_t i = 0; i < count; ++i) value.push_back(read_element<element>(in));
    return value;
  }
};

template <class T, class Allocator>
struct wire<std::deque<T, Allocator>> : sequence_wire<std::deque<T, Allocator>> {};

template <class T, class Allocator>
struct wire<std::list<T, Allocator>> : sequence_wire<std::list<T, Allocator>> {};

/// A vector of elements that are copied whole is one block, copied once each way.
template <class T, class Allocator>
struct wire<std::vector<T, Allocator>> : sequence_wire<std::vector<T, Allocator>> {
  using type = std::vector<T, Allocator>;

  static void encode(byte_sink& out, const type& value) {
    if constexpr (copied_whole<T>) {
      write_block(out, value.data(), value.size());
    } else {
      sequence_wire<type>::encode(out, value);
    }
  }

  static type decode(byte_reader& in) {
    if constexpr (copied_whole<T>) {
      const std::size_t count = in.read_count(sizeof(T));
      const std::byte* from = in.take(count * sizeof(T));
      if (reinterpret_cast<std::uintptr_t>(from) % alignof(T) == 0) {
        const auto* first = reinterpret_cast<const T*>(from);
        return type(first, first + count);
      }
      return type(packed_iterator<T>{from}, packed_iterator<T>{from + count * sizeof(T)});
    } else {
      return sequence_wire<type>::decode(in);
    }
  }
};

/// A vector of bool is its size, then eight elements to a byte, the first in the lowest bit.
template <class Allocator>
struct wire<std::vector<bool, Allocator>> {
  using type = std::vector<bool, Allocator>;
  using parts = type_list<>;
  static constexpr std::size_t least_bytes = sizeof(std::uint64_t);

  static void encode(byte_sink& out, const type& value) {
    write_value(out, std::uint64_t{value.size()});
    for (std::size_t i = 0; i < value.size(); i += 8) {
      unsigned byte = 0;
      for (std::size_t bit = 0; bit < 8 && i + bit < value.size(); ++bit) byte |= unsigned{value[i + bit]} << bit;
      write_value(out, static_cast<std::uint8_t>(byte));
    }
  }

  static type decode(byte_reader& in) {
    const auto count = in.read<std::uint64_t>();
    const std::uint64_t bytes = count / 8 + (count % 8 == 0 ? 0 : 1);
    if (bytes > in.left()) throw_truncated(static_cast<std::size_t>(bytes), in.left());
    type value(static_cast<std::size_t>(count));
    const std::byte* from = in.take(static_cast<std::size_t>(bytes));
    for (std::size_t i = 0; i < value.size(); ++i) {
      value[i] = ((from[i / 8] >> (i % 8)) & std::byte{1}) != std::byte{0};
    }
    return value;
  }
};

/// An array is its elements; one of elements that are copied whole is copied whole itself.
template <class T, std::size_t N>
inline constexpr bool is_whole_class<std::array<T, N>> = copied_whole<T>;

template <class T, std::size_t N>
struct wire<std::array<T, N>> {
  using type = std::array<T, N>;
  using parts = type_list<T>;
  static constexpr std::size_t least_bytes = N * detail::least_bytes<T>();

  static void encode(byte_sink& out, const type& value) {
    for (const T& each : value) write_value(out, each);
  }

  static type decode(byte_reader& in) {
    constexpr std::size_t unrolled = 32;
    if constexpr (N > unrolled && std::is_default_constructible_v<T> && std::is_move_assignable_v<T>) {
      type value;
      for (T& each : value) each = read_value<T>(in);
      return value;
    } else {
      return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return type{{(static_cast<void>(I), read_value<T>(in))...}};
      }
      (std::make_index_sequence<N>{});
    }
  }
};

}  // namespace yoke::detail
