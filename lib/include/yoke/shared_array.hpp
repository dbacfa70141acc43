#pragma once

#include <yoke/detail/pool_access.hpp>
#include <yoke/detail/shared_block.hpp>
#include <yoke/pool.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <new>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace yoke {
inline namespace v0 {

/// array_options says how the memory of a shared_array is laid out.
struct array_options {
  /// reserve is how many elements the array may grow to without moving. It costs addresses only, no memory.
  std::size_t reserve = 0;
  /// alignment of the first element, in bytes: a power of two. Arrays begin at a page in any case, and those of 2 MiB
  /// and more at a multiple of that where describe() says huge_pages.
  std::size_t alignment = 64;
};

/// shared_array is an array that the workers of one pool read and write where it is: nothing is copied.
///
///     yoke::shared_array<float> image{pool, width * height};
///     pool.for_each(std::views::iota(0, height), [=, pixels = image.view()](int y) { shade(pixels.subspan(...), y);
///     });
///
/// **In tasks.** view() is a std::span that means the same elements in every worker, on every backend, whatever `start`
/// is. Capture it by value; a task may write through it and return nothing. A map or reduction over the array, or over
/// any part of it, sends workers nothing but indices; map_into puts results into it. Which task writes what is for the
/// caller to keep apart, as between threads; a call that has returned happens before everything behind it.
///
/// **A worker that dies** leaves elements it was writing undefined, and no others. Its item may run again on the same
/// elements: a task should write what depends on its item, not on what it finds (see yoke::rerun).
///
/// **T** is what can be copied whole: numbers, enums, aggregates of such, std::array, yoke::portable classes. Elements
/// are zero, or what T's own initialisers say. Memory comes in whole pages; on processes it is committed at once, some
/// 0.2 ms for each MiB, and lack of it is a std::bad_alloc that says how much there was. The destructor gives it back
/// to the system. A child that the program forks can read the elements, and must not write them.
///
/// **Life.** The array may outlive its pool; then it is ordinary memory. Not for use in tasks of other pools of
/// processes (capture_error). One array is for one thread at a time, its elements are not.
template <class T>
class shared_array {
 public:
  using value_type = T;
  using size_type = std::size_t;
  using iterator = T*;
  using const_iterator = const T*;

  /// An array of no elements, of no pool.
  shared_array() = default;

  /// Makes `size` elements in the memory of `of`. Throws std::bad_alloc; std::invalid_argument for an alignment that is
  /// no power of two; forked_copy.
  explicit shared_array(const pool& of, std::size_t size = 0, const array_options& options = {}) {
    detail::require_shared<T>();
    const std::size_t most = std::max(size, options.reserve);
    block_ = detail::shared_block{detail::pool_access::core(of), bytes_of(size), bytes_of(most),
                                  std::max(options.alignment, alignof(T))};
    construct(0, size);
    size_ = size;
  }

  /// Makes a copy of `items` in the memory of `of`.
  template <std::ranges::sized_range Range>
  requires std::convertible_to<std::ranges::range_reference_t<Range>, T> shared_array(const pool& of, Range&& items,
                                                                                      const array_options& options = {})
      : shared_array{of, static_cast<std::size_t>(std::ranges::size(items)), options} {
    std::ranges::copy(items, data());
  }

  shared_array(shared_array&& other) noexcept : block_{std::move(other.block_)}, size_{std::exchange(other.size_, 0)} {}
  shared_array& operator=(shared_array&& other) noexcept {
    block_ = std::move(other.block_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  [[nodiscard]] T* data() noexcept { return reinterpret_cast<T*>(block_.data()); }
  [[nodiscard]] const T* data() const noexcept { return reinterpret_cast<const T*>(block_.data()); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  [[nodiscard]] T* begin() noexcept { return data(); }
  [[nodiscard]] T* end() noexcept { return data() + size_; }
  [[nodiscard]] const T* begin() const noexcept { return data(); }
  [[nodiscard]] const T* end() const noexcept { return data() + size_; }

  [[nodiscard]] T& operator[](std::size_t index) { return view()[index]; }
  [[nodiscard]] const T& operator[](std::size_t index) const { return view()[index]; }

  /// view is the elements as tasks capture them. It is valid as long as the array, and until a resize beyond
  /// capacity(), or below an element that is looked at.
  [[nodiscard]] std::span<T> view() noexcept { return {data(), size_}; }
  [[nodiscard]] std::span<const T> view() const noexcept { return {data(), size_}; }

  /// capacity is how many elements resize() can make without moving them.
  [[nodiscard]] std::size_t capacity() const noexcept { return block_.room() / sizeof(T); }

  /// resize adds elements, like those of the constructor, or drops the last ones, whose pages go back to the system. Up
  /// to capacity() the elements stay where they are, and views stay valid; beyond, it throws std::length_error: workers
  /// might be using them. Linear in the elements added.
  void resize(std::size_t size) {
    if (size > capacity()) {
      throw std::length_error("yoke: a shared_array for " + std::to_string(capacity()) + " elements cannot grow to " +
                              std::to_string(size) + ": say so in array_options::reserve when it is made");
    }
    if (block_.data() == nullptr) return;
    block_.resize(bytes_of(size));
    if (size > size_) construct(size_, size);
    size_ = size;
  }

 private:
  static std::size_t bytes_of(std::size_t elements) {
    if (elements > std::numeric_limits<std::ptrdiff_t>::max() / sizeof(T)) throw std::bad_array_new_length{};
    return elements * sizeof(T);
  }

  void construct(std::size_t from, std::size_t to) {
    if constexpr (!std::is_trivially_default_constructible_v<T>) {
      static_assert(std::is_default_constructible_v<T>, "yoke: the elements of a shared_array begin as T{}");
      std::uninitialized_value_construct(data() + from, data() + to);
    }
  }

  detail::shared_block block_;
  std::size_t size_ = 0;
};

}  // namespace v0
}  // namespace yoke
