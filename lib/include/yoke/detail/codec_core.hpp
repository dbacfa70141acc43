#pragma once

#include <yoke/detail/aggregate.hpp>
#include <yoke/detail/byte_reader.hpp>
#include <yoke/detail/byte_sink.hpp>
#include <yoke/portable.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>

namespace yoke {
inline namespace v0 {

template <class T>
struct codec;  // see yoke/codec.hpp

}  // namespace v0
}  // namespace yoke

namespace yoke::detail {

/// wire<T> says how a T of the standard library travels. Each has
///     parts         a type_list of the types it is made of, which decide whether a T can travel at all
///     least_bytes   the fewest bytes any T is encoded in
///     encode(byte_sink&, const T&), decode(byte_reader&)
template <class T>
struct wire;

template <class T>
concept has_wire = requires {
  sizeof(wire<T>);
};

/// member_wire says the same of an aggregate, whose parts are its members.
template <class T, class Members = members_of<T>>
struct member_wire;

/// has_codec says whether the user specialised yoke::codec<T>, rightly or wrongly.
template <class T>
concept has_codec = requires {
  sizeof(codec<T>);
};

/// has_sound_codec says whether yoke::codec<T> has both functions, with the right types.
template <class T>
concept has_sound_codec = requires(byte_sink& out, byte_reader& in, const T& value) {
  codec<T>::encode(out, value);
  { codec<T>::decode(in) } -> std::same_as<T>;
};

/// is_whole_class<T> marks the library's own trivially copyable classes that hold no address, where their parts do not.
template <class T>
inline constexpr bool is_whole_class = false;

template <class T>
consteval bool is_copied_whole();

template <class... M>
consteval bool are_copied_whole(type_list<M...>) {
  return (is_copied_whole<M>() && ...);
}

template <class T>
consteval bool is_copied_whole() {
  using type = std::remove_cv_t<T>;
  if constexpr (has_codec<type>) {
    return false;
  } else if constexpr (std::is_arithmetic_v<type> || std::is_enum_v<type>) {
    return true;
  } else if constexpr (!std::is_class_v<type> && !std::is_union_v<type>) {
    return false;
  } else if constexpr (!std::is_trivially_copyable_v<type> || !std::is_move_constructible_v<type>) {
    return false;
  } else if constexpr (portable<type> || is_whole_class<type>) {
    return true;
  } else if constexpr (!std::is_class_v<type> || !std::is_aggregate_v<type> || has_wire<type>) {
    return false;
  } else if constexpr (shape_of_members<type>() != member_shape::plain) {
    return false;
  } else if constexpr (!members_have_addresses<type> && !std::is_move_assignable_v<type>) {
    return false;  // a reference member, or a const bit-field that cannot be told from one
  } else {
    return are_copied_whole(members_of<type>{});
  }
}

/// copied_whole<T> says that a T is one block of sizeof(T) bytes that memcpy carries to another process: a number, an
/// enum, a trivially copyable aggregate of such, or a class that is yoke::portable.
template <class T>
inline constexpr bool copied_whole = is_copied_whole<T>();

/// least_bytes<T> is the fewest bytes that any T is encoded in; 0 where the user's codec decides.
template <class T>
consteval std::size_t least_bytes() {
  using type = std::remove_cv_t<T>;
  if constexpr (has_codec<type>) {
    return 0;
  } else if constexpr (copied_whole<type>) {
    return sizeof(type);
  } else if constexpr (has_wire<type>) {
    return wire<type>::least_bytes;
  } else {
    return member_wire<type>::least_bytes;
  }
}

/// write_value appends the encoding of `value`. T has been checked before.
template <class T>
void write_value(byte_sink& out, const T& value) {
  if constexpr (has_codec<T>) {
    codec<T>::encode(out, value);
  } else if constexpr (copied_whole<T>) {
    std::memcpy(out.reserve(sizeof(T)), std::addressof(value), sizeof(T));
    out.commit(sizeof(T));
  } else if constexpr (has_wire<T>) {
    wire<T>::encode(out, value);
  } else {
    member_wire<T>::encode(out, value);
  }
}

/// read_value returns the T that is encoded next. T has been checked before.
template <class T>
T read_value(byte_reader& in) {
  if constexpr (has_codec<T>) {
    return codec<T>::decode(in);
  } else if constexpr (std::same_as<T, bool>) {
    const auto byte = in.read<std::uint8_t>();
    if (byte > 1) throw_damaged("a bool that is neither true nor false");
    return byte == 1;
  } else if constexpr (copied_whole<T>) {
    return in.read<T>();
  } else if constexpr (has_wire<T>) {
    return wire<T>::decode(in);
  } else {
    return member_wire<T>::decode(in);
  }
}

/// An aggregate is its members, in the order of their declaration.
template <class T, class... M>
struct member_wire<T, type_list<M...>> {
  static constexpr std::size_t least_bytes = (std::size_t{0} + ... + detail::least_bytes<M>());

  static void encode(byte_sink& out, const T& value) {
    for_each_member(value, [&](const auto& member) { write_value(out, member); });
  }

  static T decode(byte_reader& in) { return T{read_value<M>(in)...}; }
};

}  // namespace yoke::detail
