#include "queue/arena.hpp"

#include <yoke/errors.hpp>

#include <cstring>

#include <gtest/gtest.h>

using namespace yoke::detail;

namespace {

class arena_test : public testing::Test {
 protected:
  static constexpr std::size_t room = 1 << 20;
  segment home_{segment::home::shared, std::size_t{64} << 20, std::size_t{64} << 20};
  arena arena_{home_, {0, room}, 0};

  std::size_t write(std::uint64_t delivered, std::size_t bytes) {
    arena::sink sink = arena_.open(delivered);
    std::memset(sink.reserve(bytes), 1, bytes);
    sink.commit(bytes);
    arena_.close(sink);
    return sink.offset();
  }
};

}  // namespace

TEST_F(arena_test, starts_at_its_first_byte_again_once_all_is_delivered) {
  EXPECT_EQ(write(0, 100), 0U);
  EXPECT_EQ(write(1, 100), 0U);
  EXPECT_EQ(write(2, 100), 0U);
}

TEST_F(arena_test, never_hands_out_bytes_that_are_not_delivered_yet) {
  const std::size_t first = write(0, 300 << 10);
  const std::size_t second = write(0, 300 << 10);
  EXPECT_GE(second, first + (300 << 10));
  const std::size_t third = write(1, 200 << 10);
  EXPECT_TRUE(third >= second + (300 << 10) || third + (200 << 10) <= second);
}

TEST_F(arena_test, goes_round_through_the_space_of_delivered_regions) {
  write(0, 400 << 10);
  write(0, 400 << 10);
  EXPECT_EQ(write(1, 300 << 10), 0U);
}

TEST_F(arena_test, keeps_what_was_written_while_it_grows) {
  arena::sink sink = arena_.open(0);
  for (std::uint32_t number = 0; number < 200'000; ++number) sink.append(&number, sizeof number);
  std::uint32_t last = 0;
  std::memcpy(&last, sink.data() + sink.size() - sizeof last, sizeof last);
  EXPECT_EQ(last, 199'999U);
}

TEST_F(arena_test, says_when_a_result_is_larger_than_the_arena) {
  arena::sink sink = arena_.open(0);
  EXPECT_NO_THROW(sink.reserve(room));
  EXPECT_THROW(sink.reserve(room + 1), yoke::too_large);
  EXPECT_THROW(sink.reserve(SIZE_MAX), yoke::too_large);
}

TEST_F(arena_test, counts_an_empty_result_as_one_delivery) {
  write(0, 0);
  const std::size_t second = write(0, 100);
  EXPECT_GT(second, 0U);
  EXPECT_EQ(write(2, 10), 0U);
}
