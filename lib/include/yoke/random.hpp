#pragma once

#include <yoke/detail/philox.hpp>
#include <yoke/portable.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <limits>
#include <ostream>

namespace yoke {
inline namespace v0 {

/// random_stream is a sequence of 2^64 random numbers that its seed and its index determine: a standard uniform random
/// bit generator, for the distributions of <random>, std::shuffle and std::sample.
///
/// It is Philox4x32-10 (see detail::philox4x32_10) with the seed as key and, as counter, the index above the number of
/// the block. So streams of one seed never overlap, one costs nothing to begin (no table is filled) and any number of
/// it is computed at once. 40 bytes, trivially copyable. Not for secrets.
class random_stream {
 public:
  using result_type = std::uint64_t;

  /// Begins the stream `index` of the family `seed`.
  constexpr explicit random_stream(std::uint64_t seed, std::uint64_t index = 0) : seed_{seed}, index_{index} {}

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  /// Returns the next number.
  constexpr result_type operator()() {
    if (drawn_ % 2 == 0) compute();
    return block_[drawn_++ % 2];
  }

  /// discard leaves the next `count` numbers out, in constant time.
  constexpr void discard(unsigned long long count) {
    drawn_ += count;
    if (drawn_ % 2 != 0) compute();
  }

  /// seed, index and drawn are what a stream is made of; drawn counts the numbers that have been drawn or left out.
  [[nodiscard]] constexpr std::uint64_t seed() const { return seed_; }
  [[nodiscard]] constexpr std::uint64_t index() const { return index_; }
  [[nodiscard]] constexpr std::uint64_t drawn() const { return drawn_; }

  /// Streams are equal when all that follows is.
  friend constexpr bool operator==(const random_stream& left, const random_stream& right) {
    return left.seed_ == right.seed_ && left.index_ == right.index_ && left.drawn_ == right.drawn_;
  }

  /// Writes seed, index and drawn, in decimal; reads them back. What cannot be read sets failbit and changes nothing.
  friend std::ostream& operator<<(std::ostream& out, const random_stream& stream) {
    const auto flags = out.flags(std::ios_base::dec | std::ios_base::left);
    out << stream.seed_ << ' ' << stream.index_ << ' ' << stream.drawn_;
    out.flags(flags);
    return out;
  }
  friend std::istream& operator>>(std::istream& in, random_stream& stream) {
    const auto flags = in.flags(std::ios_base::dec | std::ios_base::skipws);
    std::uint64_t seed = 0;
    std::uint64_t index = 0;
    std::uint64_t drawn = 0;
    if (in >> seed >> index >> drawn) {
      stream = random_stream{seed, index};
      stream.discard(drawn);
    }
    in.flags(flags);
    return in;
  }

 private:
  static constexpr std::uint32_t low(std::uint64_t word) { return static_cast<std::uint32_t>(word); }
  static constexpr std::uint32_t high(std::uint64_t word) { return static_cast<std::uint32_t>(word >> 32); }

  constexpr void compute() {
    const std::uint64_t block = drawn_ / 2;
    const auto words =
        detail::philox4x32_10({low(block), high(block), low(index_), high(index_)}, {low(seed_), high(seed_)});
    block_ = {words[0] | std::uint64_t{words[1]} << 32, words[2] | std::uint64_t{words[3]} << 32};
  }

  std::uint64_t seed_;
  std::uint64_t index_;
  std::uint64_t drawn_ = 0;
  std::array<std::uint64_t, 2> block_{};  // the numbers at drawn_ and its neighbour, where drawn_ is odd
};

/// random returns the stream of random numbers for one item, by its index or any other number of its own:
///
///     pool.map(std::views::iota(0, 1'000'000), [seed](std::uint64_t item) {
///       yoke::random_stream numbers = yoke::random(seed, item);
///       return std::normal_distribution{}(numbers);
///     });
///
/// An item draws the same numbers on every backend, whatever the number of workers and the chunks, and when it runs
/// again. A distribution may keep a number back for its next call: give each item a distribution of its own, too.
constexpr random_stream random(std::uint64_t seed, std::uint64_t index) { return random_stream{seed, index}; }

template <>
inline constexpr bool portable<random_stream> = true;

}  // namespace v0
}  // namespace yoke
