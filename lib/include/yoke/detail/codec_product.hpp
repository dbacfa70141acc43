#pragma once

#include <yoke/detail/codec_core.hpp>

#include <array>
#include <bitset>
#include <chrono>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace yoke::detail {

template <class T>
inline constexpr bool is_whole_class<std::complex<T>> = std::is_arithmetic_v<T>;
template <class Rep, class Period>
inline constexpr bool is_whole_class<std::chrono::duration<Rep, Period>> = copied_whole<Rep>;
template <class Clock, class Duration>
inline constexpr bool is_whole_class<std::chrono::time_point<Clock, Duration>> = copied_whole<Duration>;
template <std::size_t N>
inline constexpr bool is_whole_class<std::bitset<N>> = true;
template <>
inline constexpr bool is_whole_class<std::monostate> = true;

template <class First, class Second>
struct wire<std::pair<First, Second>> {
  using type = std::pair<First, Second>;
  using parts = type_list<First, Second>;
  static constexpr std::size_t least_bytes = detail::least_bytes<First>() + detail::least_bytes<Second>();

  static void encode(byte_sink& out, const type& value) {
    write_value(out, value.first);
    write_value(out, value.second);
  }

  static type decode(byte_reader& in) {
    return type{read_value<std::remove_cv_t<First>>(in), read_value<std::remove_cv_t<Second>>(in)};
  }
};

template <class... T>
struct wire<std::tuple<T...>> {
  using type = std::tuple<T...>;
  using parts = type_list<T...>;
  static constexpr std::size_t least_bytes = (std::size_t{0} + ... + detail::least_bytes<T>());

  static void encode(byte_sink& out, const type& value) {
    std::apply([&](const T&... each) { (write_value(out, each), ...); }, value);
  }

  static type decode(byte_reader& in) { return type{read_value<std::remove_cv_t<T>>(in)...}; }
};

/// An optional is a bool that says whether a value follows.
template <class T>
struct wire<std::optional<T>> {
  using parts = type_list<T>;
  static constexpr std::size_t least_bytes = 1;

  static void encode(byte_sink& out, const std::optional<T>& value) {
    write_value(out, value.has_value());
    if (value) write_value(out, *value);
  }

  static std::optional<T> decode(byte_reader& in) {
    if (!read_value<bool>(in)) return std::nullopt;
    return std::optional<T>{std::in_place, read_value<std::remove_cv_t<T>>(in)};
  }
};

/// A unique_ptr is a bool that says whether it points at something, and what it points at.
template <class T>
struct wire<std::unique_ptr<T>> {
  using parts = type_list<T>;
  static constexpr std::size_t least_bytes = 1;

  static void encode(byte_sink& out, const std::unique_ptr<T>& value) {
    write_value(out, value != nullptr);
    if (value) write_value(out, *value);
  }

  static std::unique_ptr<T> decode(byte_reader& in) {
    if (!read_value<bool>(in)) return nullptr;
    return std::unique_ptr<T>{new T(read_value<std::remove_cv_t<T>>(in))};
  }
};

/// A variant is the index of its alternative, and the alternative. One without a value throws bad_variant_access.
template <class... T>
struct wire<std::variant<T...>> {
  using type = std::variant<T...>;
  using parts = type_list<T...>;
  using index = std::conditional_t<(sizeof...(T) < 256), std::uint8_t, std::uint32_t>;
  static constexpr std::size_t least_bytes = sizeof(index);

  static void encode(byte_sink& out, const type& value) {
    if (value.valueless_by_exception()) throw std::bad_variant_access{};
    write_value(out, static_cast<index>(value.index()));
    std::visit([&](const auto& held) { write_value(out, held); }, value);
  }

  static type decode(byte_reader& in) {
    const auto which = read_value<index>(in);
    if (which >= sizeof...(T)) throw_damaged("the index of a variant's alternative");
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      using decoder = type (*)(byte_reader&);
      constexpr std::array<decoder, sizeof...(T)> decoders{&decode_as<I>...};
      return decoders[which](in);
    }
    (std::index_sequence_for<T...>{});
  }

 private:
  template <std::size_t I>
  static type decode_as(byte_reader& in) {
    return type{std::in_place_index<I>, read_value<std::variant_alternative_t<I, type>>(in)};
  }
};

}  // namespace yoke::detail
