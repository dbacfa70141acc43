#include "engine/chunk_policy.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

using namespace yoke;
using detail::chunk_policy;
using namespace std::chrono_literals;

namespace {

/// chunks_of returns the chunk sizes of a whole job whose items take `item` each, every chunk observed before the next.
std::vector<std::uint64_t> chunks_of(const chunk_policy::shape& shape, std::chrono::duration<double, std::nano> item) {
  chunk_policy policy{shape};
  std::vector<std::uint64_t> sizes;
  for (std::uint64_t left = shape.items; left > 0; left -= sizes.back()) {
    sizes.push_back(policy.next(left));
    const auto took = static_cast<double>(sizes.back()) * item;
    policy.observe(sizes.back(), std::chrono::duration_cast<std::chrono::nanoseconds>(took));
  }
  return sizes;
}

std::uint64_t sum(const std::vector<std::uint64_t>& sizes) {
  std::uint64_t total = 0;
  for (const auto size : sizes) total += size;
  return total;
}

}  // namespace

TEST(chunk_policy, cuts_fixed_chunks_and_a_shorter_last_one) {
  EXPECT_EQ(chunks_of({.how = 4, .items = 10, .workers = 2}, 1ns), (std::vector<std::uint64_t>{4, 4, 2}));
}

TEST(chunk_policy, gives_single_items_while_long_ones_run) {
  for (const auto size : chunks_of({.how = {}, .items = 20, .workers = 2}, 1s)) EXPECT_EQ(size, 1U);
}

TEST(chunk_policy, lets_two_unknown_items_run_in_parallel) {
  chunk_policy policy{{.how = {}, .items = 2, .workers = 2}};
  EXPECT_EQ(policy.next(2), 1U);
  EXPECT_EQ(policy.next(1), 1U);
}

TEST(chunk_policy, needs_few_chunks_for_a_million_tiny_items) {
  const auto sizes = chunks_of({.how = {}, .items = 1'000'000, .workers = 2}, 1ns);
  EXPECT_EQ(sum(sizes), 1'000'000U);
  EXPECT_LT(sizes.size(), 50U);
}

TEST(chunk_policy, never_gives_a_chunk_worth_more_than_10_ms_once_items_are_timed) {
  const auto sizes = chunks_of({.how = {}, .items = 10'000'000, .workers = 2}, 1us);
  for (const auto size : sizes) EXPECT_LE(size, 10'000U);
}

TEST(chunk_policy, leaves_no_worker_a_long_last_chunk) {
  const auto sizes = chunks_of({.how = {}, .items = 100'000, .workers = 4}, 1us);
  EXPECT_EQ(sum(sizes), 100'000U);
  EXPECT_LE(sizes.back(), 200U);
}

TEST(chunk_policy, gives_no_large_part_away_because_the_first_items_were_short) {
  chunk_policy policy{{.how = {}, .items = 100, .workers = 2}};
  std::uint64_t left = 100;
  for (int chunk = 0; chunk < 3; ++chunk) {
    const std::uint64_t size = policy.next(left);
    EXPECT_LE(size, left / 8 + 1);
    policy.observe(size, std::chrono::nanoseconds{100} * size);
    left -= size;
  }
}

TEST(chunk_policy, ends_guided_chunks_with_single_items) {
  const auto sizes = chunks_of({.how = guided, .items = 1000, .workers = 2}, 1us);
  EXPECT_EQ(sizes.front(), 250U);
  EXPECT_EQ(sizes.back(), 1U);
  EXPECT_EQ(sum(sizes), 1000U);
}

TEST(chunk_policy, keeps_to_whole_grains) {
  for (const chunking how : {chunking{}, guided, chunking{3}, chunking{100}}) {
    const auto sizes = chunks_of({.how = how, .items = 1001, .grain = 8, .workers = 3}, 1us);
    EXPECT_EQ(sum(sizes), 1001U);
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i) EXPECT_EQ(sizes[i] % 8, 0U);
  }
}

TEST(chunk_policy, heeds_a_limit_except_for_fixed_sizes) {
  chunk_policy automatic{{.how = guided, .items = 1000, .workers = 1}};
  automatic.limit(5);
  EXPECT_EQ(automatic.next(1000), 5U);
  chunk_policy fixed{{.how = 50, .items = 1000, .workers = 1}};
  fixed.limit(5);
  EXPECT_EQ(fixed.next(1000), 50U);
}

TEST(chunk_policy, holds_400_us_in_reserve_for_each_worker) {
  chunk_policy policy{{.how = 1, .items = 10'000, .workers = 4}};
  policy.observe(1, 100us);
  EXPECT_EQ(policy.window(), 4U * (1 + 4));
}

TEST(chunk_policy, knows_how_long_brief_chunks_keep_all_workers_busy) {
  chunk_policy policy{{.how = 1, .items = 10'000, .workers = 4}};
  EXPECT_EQ(policy.backlog(20), 0ns) << "nothing is known yet";
  policy.observe(1, 100us);
  EXPECT_EQ(policy.backlog(20), 400us);
  EXPECT_EQ(policy.backlog(4), 0ns) << "each worker has one, and none is in reserve";
  policy.observe(1, 1s);
  EXPECT_EQ(policy.backlog(20), 0ns) << "chunks that long are looked at one by one";
}

TEST(chunk_policy, holds_fewer_chunks_in_reserve_when_they_are_long) {
  chunk_policy policy{{.how = 1, .items = 100, .workers = 4}};
  policy.observe(1, 10us);
  const std::size_t short_ones = policy.window();
  policy.observe(1, 1s);
  EXPECT_LT(policy.window(), short_ones);
  EXPECT_GE(policy.window(), 8U);
}
