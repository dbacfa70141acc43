#pragma once

namespace yoke {
inline namespace v0 {

/// portable<T> says that the bytes of a T mean the same in every process of a pool, so that a T is copied whole.
///
/// Numbers, enums, and aggregates of such are recognised without help. A trivially copyable class with constructors or
/// private members hides what it is made of, and so does a union: there the author promises that it holds no address
/// (no pointer, reference, view or iterator), in the namespace of nobody else:
///
///     template <> inline constexpr bool yoke::portable<my::money> = true;
///
/// T must be trivially copyable; where it is not, specialise yoke::codec<T> instead. The promise must be visible before
/// the first use of T as an item or a result. It is not checked: an address that slips through it is dereferenced in
/// another process.
template <class T>
inline constexpr bool portable = false;

}  // namespace v0
}  // namespace yoke
