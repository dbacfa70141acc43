#include <yoke/codec.hpp>
#include <yoke/random.hpp>

#include "codec_round_trip.hpp"

#include <array>
#include <cstdint>
#include <iomanip>
#include <limits>
#include <random>
#include <set>
#include <sstream>
#include <type_traits>

#include <gtest/gtest.h>

using yoke::random_stream;
using yoke::detail::philox4x32_10;

static_assert(std::uniform_random_bit_generator<random_stream>);
static_assert(std::is_trivially_copyable_v<random_stream>);

TEST(random_stream, computes_the_published_known_answers_of_philox) {
  // Random123 1.14, tests/kat_vectors, the lines of philox4x32 with 10 rounds.
  using words = std::array<std::uint32_t, 4>;
  constexpr std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox4x32_10({0, 0, 0, 0}, {0, 0}), (words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32_10({ones, ones, ones, ones}, {ones, ones}),
            (words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32_10({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(random_stream, is_the_philox_of_the_standard_two_words_at_a_time) {
  // C++26, [rand.predef]: the 10000th number of a default-constructed std::philox4x32, whose seed is 20111115.
  random_stream numbers{20111115};
  numbers.discard(4999);
  EXPECT_EQ(numbers() >> 32, 1955073260U);
}

TEST(random_stream, is_known_at_compile_time) {
  constexpr std::uint64_t first = [] { return random_stream{0}(); }();
  EXPECT_EQ(first, 0xe169c58d6627e8d5U);
}

TEST(random_stream, puts_the_index_above_the_number_of_the_block) {
  constexpr std::uint64_t block = 0x1234567890;
  random_stream numbers{0x299f31d0a4093822, 0x0370734413198a2e};
  numbers.discard(2 * block);
  const auto words = philox4x32_10({0x34567890, 0x12, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0});
  EXPECT_EQ(numbers(), words[0] | std::uint64_t{words[1]} << 32);
  EXPECT_EQ(numbers(), words[2] | std::uint64_t{words[3]} << 32);
}

TEST(random_stream, differs_by_seed_and_by_index) {
  std::set<std::uint64_t> seen;
  for (const std::uint64_t seed : {0U, 1U, 2U}) {
    for (std::uint64_t index = 0; index < 1000; ++index) seen.insert(yoke::random(seed, index)());
  }
  seen.insert(yoke::random(std::uint64_t{1} << 32, 0)());
  seen.insert(yoke::random(0, std::uint64_t{1} << 32)());
  EXPECT_EQ(seen.size(), 3002U);
}

TEST(random_stream, can_be_left_out_in_part) {
  for (const unsigned start : {0U, 1U, 2U, 7U}) {
    for (const unsigned gap : {0U, 1U, 2U, 3U, 1000U}) {
      random_stream stepped{3, 4};
      for (unsigned i = 0; i < start; ++i) stepped();
      random_stream jumped = stepped;
      jumped.discard(gap);
      for (unsigned i = 0; i < gap; ++i) stepped();
      EXPECT_EQ(jumped, stepped);
      for (int i = 0; i < 5; ++i) EXPECT_EQ(jumped(), stepped()) << start << " then " << gap;
    }
  }
}

TEST(random_stream, is_equal_where_all_that_follows_is) {
  random_stream left{1, 2};
  random_stream right{1, 2};
  EXPECT_EQ(left, right);
  left();
  EXPECT_NE(left, right);
  right.discard(1);
  EXPECT_EQ(left, right);
  EXPECT_NE(random_stream(1, 2), random_stream(2, 2));
  EXPECT_NE(random_stream(1, 2), random_stream(1, 1));
}

TEST(random_stream, goes_on_where_it_was_written_to_text) {
  for (const int drawn : {0, 1, 2, 5}) {
    random_stream numbers{std::numeric_limits<std::uint64_t>::max(), 17};
    for (int i = 0; i < drawn; ++i) numbers();
    std::stringstream text;
    text << std::hex << std::setfill('*') << numbers;
    random_stream read{0};
    text >> read;
    EXPECT_TRUE(text);
    EXPECT_EQ(read, numbers);
    EXPECT_EQ(read(), numbers());
  }
}

TEST(random_stream, is_left_alone_by_text_that_is_none) {
  random_stream numbers{1, 2};
  std::istringstream text{"3 4 many"};
  text >> numbers;
  EXPECT_TRUE(text.fail());
  EXPECT_EQ(numbers, random_stream(1, 2));
}

TEST(random_stream, travels_as_an_item_in_the_middle_of_its_numbers) {
  random_stream numbers{5, 6};
  numbers();
  random_stream arrived = yoke_test::round_trip(numbers);
  EXPECT_EQ(arrived(), numbers());
  EXPECT_EQ(arrived(), numbers());
}

TEST(random_stream, has_bits_that_are_set_half_of_the_time) {
  constexpr int draws = 20'000;
  std::array<int, 64> set{};
  for (std::uint64_t index = 0; index < draws; ++index) {
    const std::uint64_t number = yoke::random(7, index)();
    for (std::size_t bit = 0; bit < set.size(); ++bit) set[bit] += static_cast<int>(number >> bit & 1);
  }
  // Six standard deviations of a fair coin.
  for (const int count : set) EXPECT_NEAR(count, draws / 2, 6 * 71);
}

TEST(random_stream, serves_the_distributions_of_the_standard_library) {
  random_stream numbers{1};
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) sum += std::uniform_real_distribution<double>{-1, 3}(numbers);
  EXPECT_NEAR(sum / 10'000, 1, 0.1);
  for (int i = 0; i < 100; ++i) EXPECT_LE((std::uniform_int_distribution<int>{1, 6}(numbers)), 6);
}
