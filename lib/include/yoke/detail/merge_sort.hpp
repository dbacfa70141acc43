#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>

namespace yoke::detail {

/// merge_sort is a stable sort that looks at no element outside `items`, and only moves elements about, whatever
/// `compare` answers: std::stable_sort may walk out of a run, and lose and double elements, where it contradicts
/// itself. O(n log n) comparisons, and half as much memory again.
template <class T, class Compare>
class merge_sort {
 public:
  merge_sort(std::span<T> items, const Compare& compare) : items_{items}, compare_{compare} {}

  void run() {
    if (items_.size() <= short_run) return insert_each(items_);
    const std::size_t half = items_.size() / 2;
    std::allocator<T> memory;
    const auto give_back = [&](T* spare) { memory.deallocate(spare, items_.size() - half); };
    const std::unique_ptr<T, decltype(give_back)> spare{memory.allocate(items_.size() - half), give_back};
    const std::span<T> right = items_.subspan(half);
    sort(right, spare.get(), false);
    sort(items_.first(half), spare.get(), true);
    merge({spare.get(), half}, right, items_.data());
  }

 private:
  static constexpr std::size_t short_run = 16;

  /// sort leaves the elements in order in `from`, or in `other`, which is as long.
  void sort(std::span<T> from, T* other, bool to_other) const {
    if (from.size() <= short_run) {
      insert_each(from);
      if (to_other) std::copy(from.begin(), from.end(), other);
      return;
    }
    const std::size_t half = from.size() / 2;
    sort(from.first(half), other, !to_other);
    sort(from.subspan(half), other + half, !to_other);
    const std::span sorted{to_other ? from.data() : other, from.size()};
    merge(sorted.first(half), sorted.subspan(half), to_other ? other : from.data());
  }

  void insert_each(std::span<T> items) const {
    for (std::size_t next = 1; next < items.size(); ++next) {
      const T item = items[next];
      std::size_t place = next;
      for (; place > 0 && compare_(item, items[place - 1]); --place) items[place] = items[place - 1];
      items[place] = item;
    }
  }

  /// merge makes one run of two at `out`, which the right one may be the end of. Which element is next is no branch:
  /// nobody could foretell it.
  void merge(std::span<const T> left, std::span<const T> right, T* out) const {
    const T* l = left.data();
    const T* const l_end = l + left.size();
    const T* r = right.data();
    const T* const r_end = r + right.size();
    if (compare_(right.back(), left.front())) {
      out = std::copy(r, r_end, out);
      r = r_end;
    } else if (!compare_(right.front(), left.back())) {
      out = std::copy(l, l_end, out);
      l = l_end;
    }
    while (l != l_end && r != r_end) {
      const bool takes_right = compare_(*r, *l);
      *out++ = *(takes_right ? r : l);
      r += static_cast<std::ptrdiff_t>(takes_right);
      l += static_cast<std::ptrdiff_t>(!takes_right);
    }
    out = std::copy(l, l_end, out);
    if (out != r) std::copy(r, r_end, out);
  }

  std::span<T> items_;
  const Compare& compare_;
};

}  // namespace yoke::detail
