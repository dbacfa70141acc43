#pragma once

#include <yoke/detail/merge_sort.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <climits>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace yoke::detail {

template <class Compare, class T>
inline constexpr bool is_less = std::same_as<Compare, std::less<>> || std::same_as<Compare, std::less<T>>;
template <class Compare, class T>
inline constexpr bool is_greater = std::same_as<Compare, std::greater<>> || std::same_as<Compare, std::greater<T>>;

/// orders_numbers is true of the comparisons that floating-point numbers have no place for NaN in.
template <class Compare, class T>
inline constexpr bool orders_numbers = std::floating_point<T> && (is_less<Compare, T> || is_greater<Compare, T>);

/// has_digits is true of the orders that are those of unsigned numbers made of the elements.
template <class Compare, class T>
inline constexpr bool has_digits = std::is_arithmetic_v<T> && !std::same_as<T, bool> && sizeof(T) <= 8 &&
                                   (is_less<Compare, T> || is_greater<Compare, T>);

/// digit_sort is a stable sort of numbers: a radix sort by bytes, from the lowest, after Knuth, volume 3, 5.2.5. It
/// leaves out bytes that are alike in all elements. O(n) for each byte of T, and as much memory again. No NaN.
template <class T, class Compare>
class digit_sort {
 public:
  explicit digit_sort(std::span<T> items) : items_{items}, spare_{std::make_unique_for_overwrite<T[]>(items.size())} {}

  void run() {
    for (const T& item : items_) {
      key rest = key_of(item);
      for (auto& counts : counts_) {
        ++counts[rest & (digits - 1)];
        rest = static_cast<key>(rest >> CHAR_BIT);
      }
    }
    std::span<T> from = items_;
    std::span<T> to{spare_.get(), items_.size()};
    for (std::size_t byte = 0; byte < sizeof(T); ++byte) {
      if (deal(from, to.data(), byte)) std::swap(from, to);
    }
    if (from.data() != items_.data()) std::copy(from.begin(), from.end(), items_.begin());
  }

 private:
  static constexpr std::size_t digits = std::size_t{1} << CHAR_BIT;
  using key = std::conditional_t<sizeof(T) == 8, std::uint64_t,
                                 std::conditional_t<sizeof(T) == 4, std::uint32_t,
                                                    std::conditional_t<sizeof(T) == 2, std::uint16_t, std::uint8_t>>>;

  static key key_of(T item) {
    constexpr key sign = static_cast<key>(key{1} << (sizeof(key) * CHAR_BIT - 1));
    auto bits = std::bit_cast<key>(item);
    if constexpr (std::floating_point<T>) {
      if (item == 0) bits = 0;  // -0.0 is equal to 0.0
      bits = (bits & sign) != 0 ? static_cast<key>(~bits) : static_cast<key>(bits | sign);
    } else if constexpr (std::is_signed_v<T>) {
      bits = static_cast<key>(bits ^ sign);
    }
    return is_greater<Compare, T> ? static_cast<key>(~bits) : bits;
  }

  /// deal moves the elements to where one byte of their keys wants them; false when it wants nothing.
  bool deal(std::span<const T> from, T* to, std::size_t byte) {
    auto& counts = counts_[byte];
    std::size_t place = 0;
    for (std::size_t& count : counts) {
      if (count == from.size()) return false;
      place += std::exchange(count, place);
    }
    for (const T& item : from) to[counts[(key_of(item) >> (byte * CHAR_BIT)) & (digits - 1)]++] = item;
    return true;
  }

  std::span<T> items_;
  std::unique_ptr<T[]> spare_;
  std::array<std::array<std::size_t, digits>, sizeof(T)> counts_{};  // of each digit, then where its next one goes
};

/// sort_stably sorts elements, none of which is NaN.
template <class T, class Compare>
void sort_stably(std::span<T> items, const Compare& compare) {
  constexpr std::size_t worth_dealing = 1024;
  if constexpr (has_digits<Compare, T>) {
    if (items.size() >= worth_dealing) return digit_sort<T, Compare>{items}.run();
  }
  merge_sort{items, compare}.run();
}

}  // namespace yoke::detail
