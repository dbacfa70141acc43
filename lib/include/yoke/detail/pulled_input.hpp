#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>

namespace yoke::detail {

/// pulled_input walks once over an input range, and touches it no sooner than it has to: it begins at the first item
/// asked for, and moves past an item when the next one is asked for.
///
/// A named range is referred to, a temporary one is kept.
template <std::ranges::input_range Range>
class pulled_input {
 public:
  using range = std::remove_reference_t<Range>;
  using item = std::ranges::range_value_t<range>;
  using reference = std::ranges::range_reference_t<range>;

  /// stays is true where items can be referred to where they are, until the input is gone.
  static constexpr bool stays = std::ranges::forward_range<range> && std::is_lvalue_reference_v<reference> &&
                                std::same_as<std::remove_cvref_t<reference>, item>;

  explicit pulled_input(Range&& input) : input_{hold(std::forward<Range>(input))} {}

  /// at_item moves to the next item; false where there is none.
  bool at_item() {
    if (!at_) {
      at_.emplace(std::ranges::begin(input()));
    } else {
      ++*at_;
    }
    return *at_ != std::ranges::end(input());
  }

  /// here is the item.
  reference here() { return **at_; }

 private:
  static constexpr bool refers = std::is_lvalue_reference_v<Range>;

  static auto hold(Range&& input) {
    if constexpr (refers) {
      return std::addressof(input);
    } else {
      return range{std::move(input)};
    }
  }

  range& input() {
    if constexpr (refers) {
      return *input_;
    } else {
      return input_;
    }
  }

  std::conditional_t<refers, range*, range> input_;
  std::optional<std::ranges::iterator_t<range>> at_;
};

}  // namespace yoke::detail
