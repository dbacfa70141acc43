#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace yoke::detail {

/// sorted_runs are neighbouring blocks of one buffer, each beginning with a sorted run. All orders here are by
/// `compare`, then by place: what is equal stays as it was.
template <class T>
class sorted_runs {
 public:
  /// Block b begins at b * block, and its run has lengths[b] elements.
  sorted_runs(const T* data, std::size_t block, std::span<const std::size_t> lengths)
      : data_{data}, block_{block}, lengths_{lengths} {}

  /// cut returns how many elements of each run are among the first `rank` of all, by a binary search in all runs at
  /// once: O(k^2 log n + k log^2 n) comparisons for k runs. Right for a strict weak ordering; else any numbers within
  /// the runs.
  template <class Compare>
  [[nodiscard]] std::vector<std::size_t> cut(std::size_t rank, const Compare& compare) const {
    const std::size_t runs = lengths_.size();
    std::vector<std::size_t> low(runs, 0);
    std::vector<std::size_t> high(lengths_.begin(), lengths_.end());
    std::vector<std::size_t> before(runs);
    for (;;) {
      std::size_t widest = 0;
      for (std::size_t b = 1; b < runs; ++b) {
        if (high[b] - low[b] > high[widest] - low[widest]) widest = b;
      }
      if (low[widest] == high[widest]) return low;
      const std::size_t middle = low[widest] + (high[widest] - low[widest]) / 2;
      const T& pivot = begin_of(widest)[middle];
      std::size_t total = 0;
      for (std::size_t b = 0; b < runs; ++b) {
        const T* const begin = begin_of(b);
        const T* place = begin + middle;
        if (b < widest) place = std::upper_bound(begin + low[b], begin + high[b], pivot, compare);
        if (b > widest) place = std::lower_bound(begin + low[b], begin + high[b], pivot, compare);
        before[b] = static_cast<std::size_t>(place - begin);
        total += before[b];
      }
      if (total < rank) {
        low = before;
        ++low[widest];
      } else {
        high = before;
      }
    }
  }

  /// merge writes what lies between two cuts to `out`, in order.
  template <class Compare>
  void merge(std::span<const std::size_t> from, std::span<const std::size_t> to, T* out, const Compare& compare) const {
    std::vector<std::span<const T>> parts;
    std::size_t total = 0;
    for (std::size_t b = 0; b < lengths_.size(); ++b) {
      if (from[b] == to[b]) continue;
      parts.emplace_back(begin_of(b) + from[b], to[b] - from[b]);
      total += parts.back().size();
    }
    buffer here{total};
    buffer next{total};
    while (parts.size() > 2) {
      merge_pairs(parts, next.data, compare);
      std::swap(here.data, next.data);
    }
    merge_pairs(parts, out, compare);
  }

 private:
  struct buffer {
    explicit buffer(std::size_t elements) : size{elements}, data{std::allocator<T>{}.allocate(elements)} {}
    buffer(const buffer&) = delete;
    buffer& operator=(const buffer&) = delete;
    ~buffer() { std::allocator<T>{}.deallocate(data, size); }
    std::size_t size;
    T* data;
  };

  [[nodiscard]] const T* begin_of(std::size_t b) const { return data_ + b * block_; }

  /// merge_pairs makes one run of each two neighbours, at `out`, and notes them in `parts`.
  template <class Compare>
  static void merge_pairs(std::vector<std::span<const T>>& parts, T* out, const Compare& compare) {
    std::size_t made = 0;
    for (std::size_t p = 0; p < parts.size(); p += 2) {
      const std::span<const T> left = parts[p];
      const std::span<const T> right = p + 1 < parts.size() ? parts[p + 1] : std::span<const T>{};
      T* const begin = out;
      out = std::merge(left.begin(), left.end(), right.begin(), right.end(), out, compare);
      parts[made++] = {begin, out};
    }
    parts.resize(made);
  }

  const T* data_;
  std::size_t block_;
  std::span<const std::size_t> lengths_;
};

}  // namespace yoke::detail
