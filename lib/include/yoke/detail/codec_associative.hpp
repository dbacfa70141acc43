#pragma once

#include <yoke/detail/codec_core.hpp>
#include <yoke/detail/codec_sequence.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace yoke::detail {

/// set_wire carries sets: their size, then their elements in the order of iteration. Comparison, hash and allocator are
/// those of a new set. An unordered set may iterate in another order where it arrives.
template <class Set>
struct set_wire {
  using key = typename Set::key_type;
  using parts = type_list<key>;
  static constexpr std::size_t least_bytes = sizeof(std::uint64_t);

  static void encode(byte_sink& out, const Set& value) {
    write_value(out, std::uint64_t{value.size()});
    for (const key& each : value) write_element(out, each);
  }

  static Set decode(byte_reader& in) {
    const std::size_t count = in.read_count(detail::least_bytes<key>());
    Set value;
    if constexpr (requires { value.reserve(count); }) value.reserve(count);
    for (std::size_t i = 0; i < count; ++i) value.insert(value.end(), read_element<key>(in));
    return value;
  }
};

/// map_wire carries maps likewise: keys and values in turn.
template <class Map>
struct map_wire {
  using key = typename Map::key_type;
  using mapped = typename Map::mapped_type;
  using parts = type_list<key, mapped>;
  static constexpr std::size_t least_bytes = sizeof(std::uint64_t);

  static void encode(byte_sink& out, const Map& value) {
    write_value(out, std::uint64_t{value.size()});
    for (const auto& [each, its] : value) {
      write_element(out, each);
      write_value(out, its);
    }
  }

  static Map decode(byte_reader& in) {
    const std::size_t count = in.read_count(detail::least_bytes<key>() + detail::least_bytes<mapped>());
    Map value;
    if constexpr (requires { value.reserve(count); }) value.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      key each = read_element<key>(in);
      value.emplace_hint(value.end(), std::move(each), read_value<mapped>(in));
    }
    return value;
  }
};

template <class... Args>
struct wire<std::set<Args...>> : set_wire<std::set<Args...>> {};
template <class... Args>
struct wire<std::multiset<Args...>> : set_wire<std::multiset<Args...>> {};
template <class... Args>
struct wire<std::unordered_set<Args...>> : set_wire<std::unordered_set<Args...>> {};
template <class... Args>
struct wire<std::unordered_multiset<Args...>> : set_wire<std::unordered_multiset<Args...>> {};

template <class... Args>
struct wire<std::map<Args...>> : map_wire<std::map<Args...>> {};
template <class... Args>
struct wire<std::multimap<Args...>> : map_wire<std::multimap<Args...>> {};
template <class... Args>
struct wire<std::unordered_map<Args...>> : map_wire<std::unordered_map<Args...>> {};
template <class... Args>
struct wire<std::unordered_multimap<Args...>> : map_wire<std::unordered_multimap<Args...>> {};

}  // namespace yoke::detail
