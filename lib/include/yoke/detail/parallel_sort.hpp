#pragma once

#include <yoke/detail/digit_sort.hpp>
#include <yoke/detail/sorted_runs.hpp>
#include <yoke/pool.hpp>
#include <yoke/shared_array.hpp>

#include <algorithm>
#include <cstddef>
#include <ranges>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace yoke::detail {

/// counted is the numbers of blocks or parts: items that are not sent.
using counted = std::ranges::iota_view<std::size_t, std::size_t>;

/// parallel_sort is one call of sort. Each step reads one buffer and writes the other, so that it can run again after a
/// worker was killed in the middle. The tasks return something, so that a `compare` may refer to memory.
template <class T, class Compare>
class parallel_sort {
 public:
  /// `spare` is as long as `items`, which are at least 1.
  parallel_sort(pool& on, std::span<T> items, std::span<T> spare, const Compare& compare)
      : pool_{on},
        items_{items},
        spare_{spare},
        compare_{compare},
        blocks_{std::clamp<std::size_t>(std::min(items.size() / smallest_block, 4 * on.workers()), 1, most_blocks)},
        block_{(items.size() + blocks_ - 1) / blocks_} {}

  void run() {
    sort_blocks();
    cut_parts();
    try {
      merge_parts();
    } catch (...) {
      std::copy(spare_.begin(), spare_.end(), items_.begin());
      throw;
    }
    copy_unsorted();
  }

 private:
  static constexpr std::size_t smallest_block = std::size_t{1} << 13;  // elements worth a worker's while
  static constexpr std::size_t most_blocks = 64;
  static constexpr std::size_t part_bytes = std::size_t{1} << 20;  // merged in the caches of one CPU

  /// sort_blocks copies each block of the items and sorts the copy, NaN behind all others.
  void sort_blocks() {
    const auto sort_one = [from = std::span<const T>{items_}, to = spare_.data(), block = block_,
                           compare = compare_](std::size_t b) {
      const std::size_t first = std::min(b * block, from.size());
      const std::size_t last = std::min(first + block, from.size());
      std::copy(from.begin() + first, from.begin() + last, to + first);
      T* end = to + last;
      if constexpr (orders_numbers<Compare, T>) end = std::stable_partition(to + first, end, is_number);
      detail::sort_stably(std::span{to + first, end}, compare);
      return static_cast<std::size_t>(end - (to + first));
    };
    lengths_ = {pool_, pool_.map(counted{0, blocks_}, sort_one, {.chunk = 1})};
    for (const std::size_t length : lengths_) sorted_ += length;
    parts_ = std::max<std::size_t>(1, sorted_ * sizeof(T) / part_bytes);
  }

  /// cut_parts finds where equal shares of the outcome begin and end in each block. All borders are looked at before
  /// anything is written by them: whatever `compare` says, each element goes to exactly one place.
  void cut_parts() {
    const auto find = [runs = runs(), compare = compare_, sorted = sorted_, parts = parts_](std::size_t part) {
      return runs.cut(sorted / parts * part + std::min(part, sorted % parts), compare);
    };
    cuts_ = shared_array<std::size_t>{pool_, (parts_ + 1) * blocks_};
    const auto found = pool_.map(counted{1, parts_}, find);
    for (std::size_t part = 1; part < parts_; ++part) {
      std::copy(found[part - 1].begin(), found[part - 1].end(), cuts_.begin() + part * blocks_);
    }
    std::copy(lengths_.begin(), lengths_.end(), cuts_.begin() + parts_ * blocks_);
    places_ = shared_array<std::size_t>{pool_, parts_};
    for (std::size_t part = 0, place = 0; part < parts_; ++part) {
      places_[part] = place;
      for (std::size_t at = part * blocks_; at < (part + 1) * blocks_; ++at) {
        if (cuts_[at + blocks_] < cuts_[at]) {
          throw std::invalid_argument("yoke: the comparison given to sort is no strict weak ordering");
        }
        place += cuts_[at + blocks_] - cuts_[at];
      }
    }
  }

  void merge_parts() {
    const auto merge_one = [runs = runs(), compare = compare_, blocks = blocks_, cuts = std::as_const(cuts_).view(),
                            places = std::as_const(places_).view(), out = items_.data()](std::size_t part) {
      runs.merge(cuts.subspan(part * blocks, blocks), cuts.subspan((part + 1) * blocks, blocks), out + places[part],
                 compare);
      return true;
    };
    pool_.map(counted{0, parts_}, merge_one, {.chunk = 1});
  }

  void copy_unsorted() {
    std::size_t place = sorted_;
    for (std::size_t b = 0; b < blocks_; ++b) {
      const std::size_t end = std::min((b + 1) * block_, items_.size());
      for (std::size_t at = std::min(b * block_, end) + lengths_[b]; at < end; ++at) items_[place++] = spare_[at];
    }
  }

  static bool is_number(T value) { return value == value; }

  [[nodiscard]] sorted_runs<T> runs() const { return {spare_.data(), block_, lengths_.view()}; }

  pool& pool_;
  std::span<T> items_;
  std::span<T> spare_;
  const Compare& compare_;
  std::size_t blocks_;
  std::size_t block_;
  shared_array<std::size_t> lengths_;  // of the sorted run that each block begins with
  std::size_t sorted_ = 0;
  std::size_t parts_ = 1;
  shared_array<std::size_t> cuts_;    // [part][block]: where the part begins in the block's run
  shared_array<std::size_t> places_;  // [part]: where it goes
};

}  // namespace yoke::detail
