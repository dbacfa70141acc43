#include "queue/state_word.hpp"

#include <cstdint>

#include <gtest/gtest.h>
#include <rapidcheck.h>

using yoke::detail::chunk_state;
using yoke::detail::hint;
using yoke::detail::state_word;

TEST(state_word, comes_back_from_its_packed_form) {
  EXPECT_TRUE(rc::check([] {
    const state_word word{static_cast<chunk_state>(*rc::gen::inRange(0, 4)),
                          *rc::gen::inRange<std::uint32_t>(0, 1U << state_word::seat_bits),
                          *rc::gen::inRange<std::uint32_t>(0, 1U << state_word::incarnation_bits),
                          *rc::gen::inRange<std::uint32_t>(0, 1U << state_word::attempt_bits),
                          *rc::gen::inRange<std::uint32_t>(0, 1U << state_word::generation_bits)};
    RC_ASSERT(state_word::unpack(word.pack()) == word);
  }));
}

TEST(state_word, keeps_an_overflowing_field_out_of_its_neighbours) {
  constexpr std::uint32_t all = ~std::uint32_t{0};
  const auto seat = state_word::unpack(state_word{chunk_state::ready, all, 0, 0, 0}.pack());
  EXPECT_EQ(seat, (state_word{chunk_state::ready, (1U << state_word::seat_bits) - 1, 0, 0, 0}));
  const auto incarnation = state_word::unpack(state_word{chunk_state::ready, 0, all, 0, 0}.pack());
  EXPECT_EQ(incarnation, (state_word{chunk_state::ready, 0, (1U << state_word::incarnation_bits) - 1, 0, 0}));
  const auto attempt = state_word::unpack(state_word{chunk_state::ready, 0, 0, all, 0}.pack());
  EXPECT_EQ(attempt, (state_word{chunk_state::ready, 0, 0, (1U << state_word::attempt_bits) - 1, 0}));
  const auto generation = state_word::unpack(state_word{chunk_state::ready, 0, 0, 0, all}.pack());
  EXPECT_EQ(generation, (state_word{chunk_state::ready, 0, 0, 0, (1U << state_word::generation_bits) - 1}));
}

TEST(state_word, wraps_generation_and_incarnation_to_zero) {
  EXPECT_EQ(state_word::next_generation((1U << state_word::generation_bits) - 1), 0U);
  EXPECT_EQ(state_word::next_incarnation((1U << state_word::incarnation_bits) - 1), 0U);
}

TEST(hint, is_never_zero_and_comes_back_from_its_packed_form) {
  EXPECT_NE(hint{}.pack(), 0U);
  const hint full{0xFFFFFFFF, (1U << state_word::generation_bits) - 1, true};
  EXPECT_EQ(hint::unpack(full.pack()), full);
  EXPECT_EQ(hint::unpack(hint{7, 9, false}.pack()), (hint{7, 9, false}));
}
