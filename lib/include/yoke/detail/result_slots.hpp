#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace yoke::detail {

/// filled_vector is a std::vector whose elements were constructed in its spare capacity, by others and in any order.
///
/// std::vector has no call that counts such elements in, and filling it first would touch every page twice.
template <class R>
struct filled_vector : std::vector<R> {
#ifdef __GLIBCXX__
  /// count_in makes the first `size` places of the capacity, all constructed, elements of the vector.
  void count_in(std::size_t size) { this->_M_impl._M_finish = this->_M_impl._M_start + size; }
#else
#error "yoke needs libstdc++: its vectors take results that were constructed in place"
#endif
};

/// result_slots is room for the results of a map: constructed out of order, by several workers, taken as one vector.
template <class R>
class result_slots {
 public:
  explicit result_slots(std::uint64_t count) : count_{count} { slots_.reserve(count); }
  result_slots(const result_slots&) = delete;
  result_slots& operator=(const result_slots&) = delete;

  ~result_slots() {
    for (const auto& [first, count] : constructed_) std::destroy_n(data() + first, count);
  }

  /// data points to `count` places, constructed where constructed() has said so.
  [[nodiscard]] R* data() { return slots_.data(); }

  /// constructed notes that these places hold results, so that they are destroyed when the others never come.
  void constructed(std::uint64_t first, std::uint64_t count) {
    if constexpr (!std::is_trivially_destructible_v<R>) constructed_.emplace_back(first, count);
  }

  /// take returns all results, every place being constructed.
  std::vector<R> take() {
    constructed_.clear();
    slots_.count_in(count_);
    return std::move(slots_);
  }

 private:
  filled_vector<R> slots_;
  std::uint64_t count_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> constructed_;
};

/// A std::vector<bool> keeps eight results in a byte, which two workers cannot write at once: they get a byte each.
template <>
class result_slots<bool> {
 public:
  explicit result_slots(std::uint64_t count) : slots_{new bool[count]}, count_{count} {}

  [[nodiscard]] bool* data() { return slots_.get(); }
  void constructed(std::uint64_t /*first*/, std::uint64_t /*count*/) {}
  std::vector<bool> take() { return std::vector<bool>(slots_.get(), slots_.get() + count_); }

 private:
  std::unique_ptr<bool[]> slots_;
  std::uint64_t count_;
};

}  // namespace yoke::detail
