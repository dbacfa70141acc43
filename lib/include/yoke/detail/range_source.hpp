#pragma once

#include <yoke/codec.hpp>
#include <yoke/detail/byte_reader.hpp>
#include <yoke/detail/byte_sink.hpp>
#include <yoke/detail/task_concepts.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <ranges>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

namespace yoke::detail {

/// payload_alignment is how payload memory is aligned, so that items of no stricter type are read where they lie.
inline constexpr std::size_t payload_alignment = 64;

template <class Number, class... Bound>
using iota_iterator = std::ranges::iterator_t<std::ranges::iota_view<Number, Bound...>>;

/// counts_in is an iterator of std::views::iota over a Number, with a bound or without.
template <class Iterator, class Number>
concept counts_in =
    std::same_as<Iterator, iota_iterator<Number, Number>> || std::same_as<Iterator, iota_iterator<Number>>;

/// counting_iterator is one over an integer: its items are their own index plus a base.
template <class Iterator>
concept counting_iterator =
    std::integral<std::iter_value_t<Iterator>> && counts_in<Iterator, std::iter_value_t<Iterator>>;

/// invoke_as calls `task` and returns its result as an R; void drops it.
template <class R, class Task, class... Items>
R invoke_as(const Task& task, const Items&... items) {
  if constexpr (std::is_void_v<R>) {
    static_cast<void>(std::invoke(task, items...));
  } else {
    return std::invoke(task, items...);
  }
}

/// invoke_with calls `task` with the item as a const lvalue, whatever the range refers to its items by.
template <class R, class Task, class Reference, class Item = std::remove_cvref_t<Reference>>
R invoke_with(const Task& task, Reference&& reference) {
  if constexpr (std::is_lvalue_reference_v<Reference> && std::same_as<std::remove_cvref_t<Reference>, Item>) {
    return invoke_as<R>(task, reference);
  } else {
    const Item item = static_cast<Item>(std::forward<Reference>(reference));
    return invoke_as<R>(task, item);
  }
}

/// range_source gives access to the items of one range: in place, and encoded for another process.
template <std::random_access_iterator Iterator>
class range_source {
 public:
  using item = std::iter_value_t<Iterator>;
  using difference = std::iter_difference_t<Iterator>;

  static constexpr bool counting = counting_iterator<Iterator>;
  static constexpr bool sends_items = !counting;
  static constexpr bool sent_whole = sends_items && copied_whole<item> && alignof(item) <= payload_alignment;

  struct nothing {};
  /// head is what travels with the closure, once for the whole job.
  using head = std::conditional_t<counting, item, nothing>;

  /// items are what a task is called with.
  using items = std::tuple<const item&>;

  /// result_of is what a task returns for an item.
  template <class Task>
  using result_of = typename result_over<Task, items>::type;

  /// require_items fails to compile, with the cure, where items cannot travel.
  static consteval void require_items() {
    if constexpr (sends_items) require_item<item>();
  }

  range_source(Iterator begin, std::uint64_t size) : begin_{std::move(begin)}, size_{size} {}

  [[nodiscard]] std::uint64_t size() const { return size_; }

  [[nodiscard]] head pack() const {
    if constexpr (counting) {
      return size_ == 0 ? head{} : *begin_;
    } else {
      return {};
    }
  }

  [[nodiscard]] std::span<const std::byte> whole(std::uint64_t first, std::uint64_t count) const {
    if constexpr (sent_whole && std::contiguous_iterator<Iterator>) {
      return std::as_bytes(std::span{std::to_address(begin_) + static_cast<difference>(first), count});
    } else {
      return {};
    }
  }

  void encode(std::uint64_t first, std::uint64_t count, byte_sink& into) const {
    if constexpr (sends_items) {
      if (const auto bytes = whole(first, count); !bytes.empty()) {
        into.append(bytes.data(), bytes.size());
        return;
      }
      auto at = begin_ + static_cast<difference>(first);
      for (std::uint64_t k = 0; k < count; ++k, ++at) {
        const auto append = [&](const item& value) {
          if constexpr (sent_whole) {
            into.append(std::addressof(value), sizeof(item));
          } else {
            detail::encode(into, value);
          }
        };
        invoke_with<void, decltype(append), std::iter_reference_t<Iterator>, item>(append, *at);
      }
    }
  }

  /// local_cursor walks over items where they are, in memory that the worker shares with the caller.
  class local_cursor {
   public:
    static constexpr bool numbers_in_memory = std::is_arithmetic_v<item> && std::contiguous_iterator<Iterator>;

    local_cursor(const range_source& source, std::uint64_t first)
        : at_{source.begin_ + static_cast<difference>(first)} {}

    /// apply calls `task` with the next item and moves past it.
    template <class R, class Task>
    R apply(const Task& task) {
      const auto here = at_;
      ++at_;
      return invoke_with<R, Task, std::iter_reference_t<Iterator>, item>(task, *here);
    }

   private:
    Iterator at_;
  };

  /// remote_cursor walks over items as they arrive in another process.
  class remote_cursor {
   public:
    static constexpr bool numbers_in_memory = std::is_arithmetic_v<item> && (counting || sent_whole);

    remote_cursor(const head& base, std::uint64_t first, std::span<const std::byte> payload) : bytes_{payload} {
      if constexpr (counting) next_ = static_cast<item>(static_cast<std::uint64_t>(base) + first);
      if constexpr (sent_whole) next_ = reinterpret_cast<const item*>(payload.data());
    }

    template <class R, class Task>
    R apply(const Task& task) {
      if constexpr (counting) {
        const item value = next_;
        next_ = static_cast<item>(static_cast<std::uint64_t>(next_) + 1);
        return invoke_as<R>(task, value);
      } else if constexpr (sent_whole) {
        return invoke_as<R>(task, *next_++);
      } else {
        const item value = detail::decode<item>(bytes_);
        return invoke_as<R>(task, value);
      }
    }

   private:
    byte_reader bytes_;
    std::conditional_t<counting, item, const item*> next_{};
  };

 private:
  Iterator begin_;
  std::uint64_t size_;
};

/// source_of makes the source of a range; the range has to outlive it.
template <zippable Range>
auto source_of(Range& range) {
  if constexpr (endless_range<Range>) {
    return range_source{std::ranges::begin(range), std::numeric_limits<std::uint64_t>::max()};
  } else {
    return range_source{std::ranges::begin(range), static_cast<std::uint64_t>(std::ranges::size(range))};
  }
}

}  // namespace yoke::detail
