#pragma once

#include <yoke/detail/byte_reader.hpp>
#include <yoke/detail/byte_sink.hpp>
#include <yoke/detail/range_source.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

namespace yoke::detail {

/// pair_source walks over two sources side by side, as far as the shorter one reaches. Either may be a pair itself:
/// tasks get the items of all, one by one.
template <class Left, class Right>
class pair_source {
 public:
  static constexpr bool sends_items = Left::sends_items || Right::sends_items;

  struct head {
    typename Left::head left;
    typename Right::head right;
  };

  using items = decltype(std::tuple_cat(std::declval<typename Left::items>(), std::declval<typename Right::items>()));

  template <class Task>
  using result_of = typename result_over<Task, items>::type;

  static consteval void require_items() {
    Left::require_items();
    Right::require_items();
  }

  pair_source(Left left, Right right) : left_{std::move(left)}, right_{std::move(right)} {}

  [[nodiscard]] std::uint64_t size() const { return std::min(left_.size(), right_.size()); }
  [[nodiscard]] head pack() const { return {.left = left_.pack(), .right = right_.pack()}; }
  [[nodiscard]] std::span<const std::byte> whole(std::uint64_t /*first*/, std::uint64_t /*count*/) const { return {}; }

  /// A payload is a header that says how long the left section is, the left section and the right one, each aligned.
  void encode(std::uint64_t first, std::uint64_t count, byte_sink& into) const {
    if constexpr (sends_items) {
      const std::size_t header = into.size();
      pad(into, header + payload_alignment);
      left_.encode(first, count, into);
      const std::uint64_t left_bytes = into.size() - header - payload_alignment;
      pad(into, header + aligned(into.size() - header));
      right_.encode(first, count, into);
      std::memcpy(into.reserve(0) - (into.size() - header), &left_bytes, sizeof left_bytes);
    }
  }

  class local_cursor {
   public:
    local_cursor(const pair_source& source, std::uint64_t first)
        : left_{source.left_, first}, right_{source.right_, first} {}

    template <class R, class Task>
    R apply(const Task& task) {
      return apply_both<R>(left_, right_, task);
    }

   private:
    typename Left::local_cursor left_;
    typename Right::local_cursor right_;
  };

  class remote_cursor {
   public:
    remote_cursor(const head& base, std::uint64_t first, std::span<const std::byte> payload)
        : remote_cursor{base, first, payload, left_bytes(payload)} {}

    template <class R, class Task>
    R apply(const Task& task) {
      return apply_both<R>(left_, right_, task);
    }

   private:
    remote_cursor(const head& base, std::uint64_t first, std::span<const std::byte> payload, std::size_t bytes)
        : left_{base.left, first, section(payload, payload_alignment, bytes)},
          right_{base.right, first, section(payload, payload_alignment + aligned(bytes), payload.size())} {}

    typename Left::remote_cursor left_;
    typename Right::remote_cursor right_;
  };

 private:
  static std::size_t aligned(std::size_t bytes) {
    return (bytes + payload_alignment - 1) / payload_alignment * payload_alignment;
  }

  static void pad(byte_sink& into, std::size_t size) {
    const std::size_t padding = size - into.size();
    std::fill_n(into.reserve(padding), padding, std::byte{0});
    into.commit(padding);
  }

  static std::size_t left_bytes(std::span<const std::byte> payload) {
    if constexpr (sends_items) {
      return byte_reader{payload}.template read<std::uint64_t>();
    } else {
      return 0;
    }
  }

  static std::span<const std::byte> section(std::span<const std::byte> payload, std::size_t offset, std::size_t bytes) {
    if (offset >= payload.size()) return {};
    return payload.subspan(offset, std::min(bytes, payload.size() - offset));
  }

  template <class R, class A, class B, class Task>
  static R apply_both(A& left, B& right, const Task& task) {
    return left.template apply<R>([&](const auto&... from_left) -> R {
      return right.template apply<R>(
          [&](const auto&... from_right) -> R { return invoke_as<R>(task, from_left..., from_right...); });
    });
  }

  Left left_;
  Right right_;
};

}  // namespace yoke::detail
