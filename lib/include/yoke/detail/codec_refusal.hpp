#pragma once

#include <yoke/detail/codec_core.hpp>

#include <functional>
#include <span>
#include <string_view>
#include <type_traits>

namespace yoke::detail {

/// codec_role is what a type is wanted for. Views into the payload are fine for items, which it outlives.
enum class codec_role { item, result };

/// refusal is why a type cannot travel between processes.
enum class refusal {
  none,
  raw_pointer,
  function_pointer,
  reference,
  span,
  string_view,
  needs_portable,
  wrong_portable,
  c_array,
  base_class,
  reference_or_bit_field,
  too_many_members,
  opaque_member,
  wrong_codec,
  no_codec,
};

/// verdict is a refusal and the type to blame, which may be deep inside the one asked about.
template <refusal Why, class Culprit>
struct verdict {
  static constexpr refusal why = Why;
  using culprit = Culprit;
};

template <class T>
inline constexpr bool is_span = false;
template <class T, std::size_t N>
inline constexpr bool is_span<std::span<T, N>> = true;

template <class T>
inline constexpr bool is_string_view = false;
template <class C, class Traits>
inline constexpr bool is_string_view<std::basic_string_view<C, Traits>> = true;

template <class T>
inline constexpr bool is_reference_wrapper = false;
template <class T>
inline constexpr bool is_reference_wrapper<std::reference_wrapper<T>> = true;

template <class T, codec_role Role, class... Seen>
consteval auto judge();

/// judge_parts returns the first refusal among the parts of Whole; Seen are the types that led here.
template <class Whole, codec_role Role, class... Seen>
consteval auto judge_parts(type_list<>) {
  return verdict<refusal::none, Whole>{};
}

template <class Whole, codec_role Role, class... Seen, class First, class... Rest>
consteval auto judge_parts(type_list<First, Rest...>) {
  constexpr auto first = judge<First, Role, Seen...>();
  if constexpr (first.why != refusal::none) {
    return first;
  } else {
    return judge_parts<Whole, Role, Seen...>(type_list<Rest...>{});
  }
}

/// judge_aggregate finds what keeps a class without constructors from travelling member by member.
template <class T, codec_role Role, class... Seen>
consteval auto judge_aggregate() {
  constexpr member_shape shape = shape_of_members<T>();
  if constexpr (shape == member_shape::base_class) {
    return verdict<refusal::base_class, T>{};
  } else if constexpr (shape == member_shape::c_array) {
    return verdict<refusal::c_array, T>{};
  } else if constexpr (shape == member_shape::too_many) {
    return verdict<refusal::too_many_members, T>{};
  } else if constexpr (shape == member_shape::opaque) {
    return verdict<refusal::opaque_member, T>{};
  } else {
    constexpr auto parts = judge_parts<T, Role, Seen..., T>(members_of<T>{});
    if constexpr (parts.why == refusal::none && !members_have_addresses<T>) {
      return verdict<refusal::reference_or_bit_field, T>{};
    } else {
      return parts;
    }
  }
}

/// judge returns the verdict on T: none, or the first reason met, outermost first. A type that contains itself, through
/// a vector or a unique_ptr, is judged once.
template <class T, codec_role Role, class... Seen>
consteval auto judge() {
  using type = std::remove_cv_t<T>;
  if constexpr (std::is_reference_v<T> || is_reference_wrapper<type>) {
    return verdict<refusal::reference, T>{};
  } else if constexpr ((std::is_same_v<type, Seen> || ...)) {
    return verdict<refusal::none, T>{};
  } else if constexpr (has_codec<type>) {
    return verdict < has_sound_codec<type> ? refusal::none : refusal::wrong_codec, T > {};
  } else if constexpr (std::is_function_v<std::remove_pointer_t<type>> || std::is_member_pointer_v<type>) {
    return verdict<refusal::function_pointer, T>{};
  } else if constexpr (std::is_pointer_v<type> || std::is_null_pointer_v<type>) {
    return verdict<refusal::raw_pointer, T>{};
  } else if constexpr (std::is_array_v<type>) {
    return verdict<refusal::c_array, T>{};
  } else if constexpr (is_span<type>) {
    return verdict<refusal::span, T>{};
  } else if constexpr (is_string_view<type> && (Role == codec_role::result || !has_wire<type>)) {
    return verdict<refusal::string_view, T>{};
  } else if constexpr (copied_whole<type>) {
    return verdict<refusal::none, T>{};
  } else if constexpr (portable<type>) {
    return verdict<refusal::wrong_portable, T>{};
  } else if constexpr (has_wire<type>) {
    return judge_parts<type, Role, Seen..., type>(typename wire<type>::parts{});
  } else if constexpr (std::is_class_v<type> && std::is_aggregate_v<type>) {
    return judge_aggregate<type, Role, Seen...>();
  } else if constexpr (std::is_trivially_copyable_v<type> && (std::is_class_v<type> || std::is_union_v<type>)) {
    return verdict<refusal::needs_portable, T>{};
  } else {
    return verdict<refusal::no_codec, T>{};
  }
}

/// refused fails to compile with the reason and the cure; its arguments show the culprit and the type it sits in.
template <refusal Why, class Culprit, class In>
struct refused {
  static_assert(Why != refusal::raw_pointer,
                "yoke: a raw pointer leads nowhere in another process: send the value itself, an index, std::string "
                "for a const char*, or std::unique_ptr<T>");
  static_assert(
      Why != refusal::function_pointer,
      "yoke: a pointer to a function or a member cannot be sent: send an enum or an index that chooses it, or "
      "call it inside the task");
  static_assert(
      Why != refusal::reference,
      "yoke: a reference leads nowhere in another process: send or return the value itself (std::ref and auto& "
      "included)");
  static_assert(
      Why != refusal::span,
      "yoke: a std::span refers to memory of one process: send or return a std::vector<T>, or an index range");
  static_assert(Why != refusal::string_view,
                "yoke: a string_view refers to memory that is gone when a result arrives: return std::string "
                "(std::string_view is for items only)");
  static_assert(Why != refusal::needs_portable,
                "yoke: this trivially copyable type cannot be looked into: if it holds no pointer, reference or view, "
                "promise it with `template <> inline constexpr bool yoke::portable<T> = true;`, else specialise "
                "yoke::codec<T>");
  static_assert(Why != refusal::wrong_portable,
                "yoke: yoke::portable<T> is for trivially copyable types: specialise yoke::codec<T> instead");
  static_assert(Why != refusal::c_array,
                "yoke: a C array, or an aggregate with one as a member: use std::array, or specialise yoke::codec<T>");
  static_assert(Why != refusal::base_class,
                "yoke: an aggregate with a base class: make the base a member, or specialise yoke::codec<T>");
  static_assert(Why != refusal::reference_or_bit_field,
                "yoke: an aggregate with a reference member, or with a bit-field beside members that are not plain "
                "numbers: hold values in whole members, or specialise yoke::codec<T>");
  static_assert(Why != refusal::too_many_members,
                "yoke: an aggregate of more than 100 members: group some of them, or specialise yoke::codec<T>");
  static_assert(Why != refusal::opaque_member,
                "yoke: an aggregate with a union without a name, or with a member that cannot be moved: specialise "
                "yoke::codec<T>");
  static_assert(Why != refusal::wrong_codec,
                "yoke: yoke::codec<T> needs `static void encode(yoke::byte_sink&, const T&)` and `static T "
                "decode(yoke::byte_reader&)`");
  static_assert(Why != refusal::no_codec,
                "yoke: no way is known to send this type: make it an aggregate of members that can be sent, or "
                "specialise yoke::codec<T>");
};

template <class T, codec_role Role>
using verdict_on = decltype(judge<T, Role>());

/// require_item fails to compile, with the cure, unless a T can be an item.
template <class T>
consteval void require_item() {
  using found = verdict_on<T, codec_role::item>;
  static_cast<void>(sizeof(refused<found::why, typename found::culprit, T>));
}

/// require_result fails to compile, with the cure, unless a T can be a result.
template <class T>
consteval void require_result() {
  using found = verdict_on<T, codec_role::result>;
  static_cast<void>(sizeof(refused<found::why, typename found::culprit, T>));
}

}  // namespace yoke::detail
