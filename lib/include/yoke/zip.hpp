#pragma once

#include <yoke/detail/pair_source.hpp>
#include <yoke/detail/range_source.hpp>
#include <yoke/detail/task_concepts.hpp>

#include <cstddef>
#include <tuple>
#include <utility>

namespace yoke {
inline namespace v0 {

/// zipped is several ranges side by side, as far as the shortest one reaches: see zip.
template <class... Ranges>
class zipped {
 public:
  explicit zipped(Ranges&&... ranges) : ranges_{std::forward<Ranges>(ranges)...} {}

  /// source is for yoke's own use.
  [[nodiscard]] auto source() { return source_from<0>(ranges_); }
  [[nodiscard]] auto source() const { return source_from<0>(ranges_); }

 private:
  template <std::size_t I, class Tuple>
  static auto source_from(Tuple& ranges) {
    if constexpr (I + 1 == sizeof...(Ranges)) {
      return detail::source_of(std::get<I>(ranges));
    } else {
      return detail::pair_source{detail::source_of(std::get<I>(ranges)), source_from<I + 1>(ranges)};
    }
  }

  std::tuple<Ranges...> ranges_;
};

/// zip puts any number of ranges side by side, for map, for_each, reduce with a fold, transform_reduce and map_reduce:
/// the callable gets one item of each range as an argument of its own.
///
///     pool.map(yoke::zip(xs, ys, zs, masses), [](double x, double y, double z, double mass) { ... });
///
/// Named ranges are referred to and have to outlive what zip returns, temporary ones are kept in it. Nothing is copied
/// or joined into tuples: each range travels to workers as it would alone. Only a shared_array, which alone is read
/// where it is, is copied to processes beside others; a task over std::views::iota(0, n) that captures the view()s of
/// several reads all in place. Some ranges may be endless: std::views::iota(0) tells each item its index.
template <class... Ranges>
requires detail::zippable_ranges<Ranges...>
auto zip(Ranges&&... ranges) { return zipped<Ranges...>{std::forward<Ranges>(ranges)...}; }

}  // namespace v0
}  // namespace yoke

namespace yoke::detail {

template <class... Ranges>
auto source_of(zipped<Ranges...>& ranges) {
  return ranges.source();
}
template <class... Ranges>
auto source_of(const zipped<Ranges...>& ranges) {
  return ranges.source();
}

}  // namespace yoke::detail
