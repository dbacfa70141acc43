#pragma once

#include <yoke/detail/parallel_sort.hpp>
#include <yoke/detail/pool_access.hpp>
#include <yoke/detail/shared_block.hpp>
#include <yoke/detail/task_concepts.hpp>
#include <yoke/pool.hpp>

#include <concepts>
#include <functional>
#include <span>
#include <type_traits>

namespace yoke {
inline namespace v0 {

/// sort orders a shared_array, or any contiguous part of one, by `compare`, on all workers of `on`. Equal elements keep
/// their order, so the outcome is the same to the last bit whatever the backend and the number of workers.
///
///     yoke::sort(pool, prices);
///     yoke::sort(pool, people.view().first(n), [](const person& a, const person& b) { return a.age < b.age; });
///
/// `compare` is a strict weak ordering. With std::less or std::greater, floating-point numbers may be NaN: these come
/// last, in the order they were in. Nothing is lost or doubled by a worker that is killed, nor by a `compare` that
/// throws, crashes or contradicts itself: after an error the elements are all there, in an order that is not defined.
/// task_failure::item() is then the number of a block of elements, not of an element.
///
/// A merge sort: blocks are sorted from the array into a spare one, then cut at exact ranks and merged back; blocks of
/// numbers by std::less or std::greater are sorted by digits, without comparisons. Needs as much memory again, and each
/// worker that of a block. Throws what `compare` throws, std::bad_alloc, and capture_error for memory that workers do
/// not share.
template <detail::output_range Range, class Compare = std::less<>>
void sort(pool& on, Range&& range, const Compare& compare = {}) {
  const std::span items{range};
  using element = typename decltype(items)::value_type;
  detail::require_shared<element>();
  static_assert(std::strict_weak_order<const Compare&, const element&, const element&>,
                "yoke: sort compares two const elements");
  detail::pool_access::core(on).require_writable(std::as_bytes(items), "sort");
  if (items.size() < 2) return;
  const detail::shared_block spare{detail::pool_access::core(on), items.size_bytes(), 0, alignof(element)};
  const std::span<element> spare_items{reinterpret_cast<element*>(spare.data()), items.size()};
  const std::decay_t<const Compare&> ordering = compare;
  detail::parallel_sort<element, std::decay_t<const Compare&>>{on, items, spare_items, ordering}.run();
}

}  // namespace v0
}  // namespace yoke
