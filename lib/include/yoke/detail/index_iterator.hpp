#pragma once

#include <compare>
#include <cstddef>
#include <iterator>

namespace yoke::detail {

/// index_iterator walks over what `sequence[0]`, `sequence[1]`, ... return; it keeps a copy of the sequence.
template <class Sequence>
class index_iterator {
 public:
  using value_type = decltype(Sequence{}[0]);
  using difference_type = std::ptrdiff_t;
  using iterator_concept = std::random_access_iterator_tag;
  using iterator_category = std::input_iterator_tag;

  index_iterator() = default;
  index_iterator(const Sequence& sequence, std::size_t index)
      : sequence_{sequence}, index_{static_cast<difference_type>(index)} {}

  value_type operator*() const { return (*this)[0]; }
  value_type operator[](difference_type offset) const { return sequence_[static_cast<std::size_t>(index_ + offset)]; }

  index_iterator& operator+=(difference_type offset) {
    index_ += offset;
    return *this;
  }
  index_iterator& operator-=(difference_type offset) { return *this += -offset; }
  index_iterator& operator++() { return *this += 1; }
  index_iterator& operator--() { return *this += -1; }
  index_iterator operator++(int) {
    const auto before = *this;
    ++*this;
    return before;
  }
  index_iterator operator--(int) {
    const auto before = *this;
    --*this;
    return before;
  }

  friend index_iterator operator+(index_iterator at, difference_type offset) { return at += offset; }
  friend index_iterator operator+(difference_type offset, index_iterator at) { return at += offset; }
  friend index_iterator operator-(index_iterator at, difference_type offset) { return at -= offset; }
  friend difference_type operator-(const index_iterator& left, const index_iterator& right) {
    return left.index_ - right.index_;
  }
  friend bool operator==(const index_iterator& left, const index_iterator& right) {
    return left.index_ == right.index_;
  }
  friend auto operator<=>(const index_iterator& left, const index_iterator& right) {
    return left.index_ <=> right.index_;
  }

 private:
  Sequence sequence_{};
  difference_type index_ = 0;
};

}  // namespace yoke::detail
