#pragma once

#include <yoke/detail/aggregate_probe.hpp>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include <boost/pfr/core.hpp>

namespace yoke::detail {

template <class... T>
struct type_list {};

/// tie_members returns references to the members of an aggregate of plain shape, in order, as a tuple of Boost.PFR.
///
/// The members are counted by our own probe: PFR's starts at eight times sizeof(T), which takes the compiler minutes
/// for an aggregate with a large std::array, and what it cannot count ends the compilation without naming a cure.
template <class T>
constexpr auto tie_members(const T& value) {
  constexpr auto count = static_cast<std::size_t>(initialiser_count<T>());
  return boost::pfr::detail::tie_as_tuple(value, boost::pfr::detail::size_t_<count>{});
}

/// for_each_member calls `visit` with each member of an aggregate of plain shape, in order.
template <class T, class F>
constexpr void for_each_member(const T& value, F&& visit) {
  const auto members = tie_members(value);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (visit(boost::pfr::detail::sequence_tuple::get<I>(members)), ...);
  }
  (std::make_index_sequence<static_cast<std::size_t>(initialiser_count<T>())>{});
}

template <class... M>
type_list<std::remove_cv_t<std::remove_reference_t<M>>...> list_members(
    boost::pfr::detail::sequence_tuple::tuple<M...>);

/// members_of is the type_list of the types of T's members, without const.
template <class T>
using members_of = decltype(list_members(tie_members(std::declval<const T&>())));

/// locate_members takes the address of each member of a T that never comes to life, in memory for one.
template <class T>
consteval bool locate_members() {
  std::allocator<T> memory;
  T* unborn = memory.allocate(1);
  bool located = true;
  for_each_member(*unborn, [&](const auto& member) { located = located && std::addressof(member) != nullptr; });
  memory.deallocate(unborn, 1);
  return located;
}

/// members_have_addresses is false where a member of T is a bit-field, which has none, or a reference, which leads
/// elsewhere: neither can be located while there is no T, so the attempt is no constant.
template <class T>
concept members_have_addresses = requires {
  typename std::bool_constant<locate_members<T>()>;
};

}  // namespace yoke::detail
