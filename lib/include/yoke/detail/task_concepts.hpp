#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace yoke {
inline namespace v0 {
template <class... Ranges>
class zipped;
}  // namespace v0
}  // namespace yoke

namespace yoke::detail {

/// mappable_range is what map, for_each and reduce take: its size is known and any item is reached in constant time.
template <class Range>
concept mappable_range = std::ranges::random_access_range<Range> && std::ranges::sized_range<Range>;

/// endless_range has random access and no end, as std::views::iota(0).
template <class Range>
concept endless_range = std::ranges::random_access_range<Range> &&
    std::same_as<std::ranges::sentinel_t<Range>, std::unreachable_sentinel_t>;

/// zippable is one of several ranges that are walked side by side; at least one of them has an end.
template <class Range>
concept zippable = mappable_range<Range> || endless_range<Range>;
template <class... Ranges>
concept zippable_ranges = (zippable<Ranges> && ...) && (mappable_range<Ranges> || ...);

template <class Input>
inline constexpr bool is_zipped = false;
template <class... Ranges>
inline constexpr bool is_zipped<zipped<Ranges...>> = true;

/// mappable is one such range, or several that were zipped.
template <class Input>
concept mappable = mappable_range<Input> || is_zipped<std::remove_cvref_t<Input>>;

/// item_of is how a task sees the items of a range.
template <class Range>
using item_of = const std::ranges::range_value_t<Range>&;

template <class Input>
struct input_items {
  using type = std::tuple<item_of<Input>>;
};
template <class... Ranges>
struct input_items<zipped<Ranges...>> {
  using type = std::tuple<item_of<Ranges>...>;
};

/// items_of is what a task over these inputs is called with: a std::tuple of references.
template <class... Inputs>
using items_of = decltype(std::tuple_cat(std::declval<typename input_items<std::remove_cvref_t<Inputs>>::type>()...));

/// spread_items is what the elements of a tuple-like item are to a task that takes them one by one.
template <class Item, class = std::make_index_sequence<std::tuple_size_v<Item>>>
struct spread_items;
template <class Item, std::size_t... I>
struct spread_items<Item, std::index_sequence<I...>> {
  using type = std::tuple<const std::tuple_element_t<I, Item>&...>;
};

template <class Callable, class First, class Items>
struct called_with;
template <class Callable, class... First, class... Items>
struct called_with<Callable, std::tuple<First...>, std::tuple<Items...>> {
  static constexpr bool compiles = std::invocable<const Callable&, First..., Items...>;
};

/// result_over is what a task returns that is called with these items.
template <class Task, class Items>
struct result_over;
template <class Task, class... Items>
struct result_over<Task, std::tuple<Items...>> {
  using type = std::invoke_result_t<const Task&, Items...>;
};

/// task_over is a callable for one item of each input.
template <class Task, class... Inputs>
concept task_over = called_with<Task, std::tuple<>, items_of<Inputs...>>::compiles;

/// tuple_like has a std::tuple_size and elements: std::tuple, std::pair, std::array.
template <class T>
concept tuple_like = requires {
  std::tuple_size<std::remove_cvref_t<T>>::value;
};

/// spread_over is a callable for the elements of an item.
template <class Task, class Range>
concept spread_over = tuple_like<std::ranges::range_value_t<Range>> && called_with < Task,
        std::tuple<>,
typename spread_items<std::ranges::range_value_t<Range>>::type > ::compiles;

/// output_range is what map_into writes to.
template <class Range>
concept output_range = std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range> &&
    !std::is_const_v<std::remove_reference_t<std::ranges::range_reference_t<Range>>>;

/// operation_on joins two T.
template <class Operation, class T>
concept operation_on = std::invocable<const Operation&, T, T>;

/// fold_into takes a T and an item, and returns what the T has become.
template <class Fold, class T, class... Inputs>
concept fold_into = called_with<Fold, std::tuple<T>, items_of<Inputs...>>::compiles;

/// transform_into makes a T of one item of each input.
template <class Transform, class T, class... Inputs>
concept transform_into = task_over<Transform, Inputs...> &&
    std::convertible_to<typename result_over<Transform, items_of<Inputs...>>::type, T>;

}  // namespace yoke::detail
