#pragma once

#include <yoke/detail/parallel_scan.hpp>
#include <yoke/detail/shared_block.hpp>
#include <yoke/detail/task_concepts.hpp>
#include <yoke/pool.hpp>

#include <functional>
#include <ranges>
#include <span>
#include <type_traits>

namespace yoke {
inline namespace v0 {

/// inclusive_scan writes to each element of `out` what all elements of `in` up to the same place make, joined by
/// `operation`: running totals, as std::inclusive_scan does, on all workers of `on`.
///
///     yoke::inclusive_scan(pool, counts, offsets);
///
/// `operation` takes two T and returns one; it is associative and need not commute. Blocks of scan_block(n) elements
/// are folded as a leaf of a reduction is (see leaf_size), their totals joined from left to right, and each block
/// scanned from the total before it: the same bits on any backend with any number of workers. `in` and `out` are
/// different parts of shared arrays of one element type; they are equally long, and do not overlap
/// (std::invalid_argument). Reads `in` twice, with twice the operations: it pays where these outweigh memory.
///
/// A worker that is killed changes nothing. After an error what is in `out` is not defined, and task_failure::item() is
/// the number of a block. Throws what `operation` throws, std::bad_alloc, and capture_error for memory that workers do
/// not share.
template <std::ranges::contiguous_range In, detail::output_range Out, class Operation = std::plus<>>
void inclusive_scan(pool& on, const In& in, Out&& out, const Operation& operation = {}) {
  using element = std::ranges::range_value_t<In>;
  detail::require_shared<element>();
  detail::scan_between<element, std::decay_t<const Operation&>>(on, std::span<const element>{in},
                                                                std::span<element>{out}, nullptr, operation);
}

/// inclusive_scan with an initial value, joined to the left of all elements.
template <std::ranges::contiguous_range In, detail::output_range Out, class Operation>
void inclusive_scan(pool& on, const In& in, Out&& out, const Operation& operation,
                    const std::ranges::range_value_t<In>& initial) {
  using element = std::ranges::range_value_t<In>;
  detail::require_shared<element>();
  detail::scan_between<element, std::decay_t<const Operation&>>(on, std::span<const element>{in},
                                                                std::span<element>{out}, &initial, operation);
}

}  // namespace v0
}  // namespace yoke
