#pragma once

#include <yoke/detail/byte_reader.hpp>
#include <yoke/detail/byte_sink.hpp>
#include <yoke/detail/codec_associative.hpp>
#include <yoke/detail/codec_core.hpp>
#include <yoke/detail/codec_product.hpp>
#include <yoke/detail/codec_refusal.hpp>
#include <yoke/detail/codec_sequence.hpp>
#include <yoke/detail/codec_text.hpp>
#include <yoke/portable.hpp>

namespace yoke {
inline namespace v0 {

/// byte_sink is what values are encoded into; byte_reader is what they are decoded from.
using detail::byte_reader;
using detail::byte_sink;

/// codec<T> tells how a T of yours travels between processes. Most types need none, in any nesting:
///
/// - numbers, enums, trivially copyable aggregates of such, and classes that are yoke::portable: copied whole;
/// - std::string, vector, array, deque, list, (unordered_)(multi)map and set, pair, tuple, optional, variant, complex,
///   bitset, unique_ptr (without a deleter of its own), chrono::duration and time_point, filesystem::path;
/// - aggregates of up to 100 such members, without a base class, a C array, a reference or a union without a name.
///
/// std::string_view is fine for items: the task gets a view that is good until it returns. Pointers, references,
/// reference_wrapper and span are refused at compile time, wherever they hide. For any other class, write
///
///     template <>
///     struct yoke::codec<my::tree> {
///       static void encode(yoke::byte_sink& out, const my::tree& tree) { yoke::encode(out, tree.leaves()); }
///       static my::tree decode(yoke::byte_reader& in) { return my::tree{yoke::decode<std::vector<my::leaf>>(in)}; }
///     };
///
/// before the first use of the type as an item or a result. decode reads exactly what encode wrote. What either throws
/// is the error of the item at hand.
template <class T>
struct codec;

/// encodable_item<T> says that a T can be an item: an element of the range mapped over, an argument.
template <class T>
concept encodable_item = detail::verdict_on<T, detail::codec_role::item>::why == detail::refusal::none;

/// encodable_result<T> says that a T can be a result: all that can be an item, except views. void is no result.
template <class T>
concept encodable_result = detail::verdict_on<T, detail::codec_role::result>::why == detail::refusal::none;

/// encodable<T> says that a T can be both.
template <class T>
concept encodable = encodable_result<T>;

}  // namespace v0

namespace detail {

/// encode appends `value` to `out`, in this machine's byte order. Linear in the bytes written; one memcpy for whatever
/// is copied whole, and for a vector of it. Throws what the sink throws for lack of room, and what a codec throws.
template <class T>
void encode(byte_sink& out, const T& value) {
  if constexpr (encodable_item<T>) {
    write_value(out, value);
  } else {
    require_item<T>();
  }
}

/// decode returns the T that comes next in `in`. Throws yoke::damaged_payload where the bytes are no T, without reading
/// past their end and without making room for more elements than they can hold; and what a codec throws.
template <class T>
T decode(byte_reader& in) {
  if constexpr (encodable_item<T>) {
    return read_value<T>(in);
  } else {
    require_item<T>();
  }
}

}  // namespace detail

inline namespace v0 {

using detail::decode;
using detail::encode;

}  // namespace v0
}  // namespace yoke
