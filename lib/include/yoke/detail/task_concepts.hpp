#pragma once

#include <concepts>
#include <ranges>

namespace yoke::detail {

/// mappable_range is what map, for_each and reduce take: its size is known and any item is reached in constant time.
template <class Range>
concept mappable_range = std::ranges::random_access_range<Range> && std::ranges::sized_range<Range>;

/// item_of is how a task sees the items of a range.
template <class Range>
using item_of = const std::ranges::range_value_t<Range>&;

/// task_over is a callable for one item of each range.
template <class Task, class... Ranges>
concept task_over = std::invocable<const Task&, item_of<Ranges>...>;

/// operation_on joins two T.
template <class Operation, class T>
concept operation_on = std::invocable<const Operation&, T, T>;

/// fold_into takes a T and an item, and returns what the T has become.
template <class Fold, class T, class Range>
concept fold_into = std::invocable<const Fold&, T, item_of<Range>>;

}  // namespace yoke::detail
