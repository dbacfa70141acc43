#include "conformance.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>
#include <ranges>
#include <vector>

using namespace yoke_test;

using random_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, random_contract, every_backend, setting_name);

namespace {

double walk(std::uint64_t seed, std::uint64_t item) {
  auto numbers = yoke::random(seed, item);
  std::normal_distribution<double> step;
  double place = 0;
  for (std::uint64_t left = 10 + item % 7; left > 0; --left) place += step(numbers);
  return place;
}

}  // namespace

TEST_P(random_contract, an_item_draws_the_same_numbers_wherever_it_runs) {
  const auto items = std::views::iota(std::uint64_t{0}, std::uint64_t{500});
  std::vector<double> expected;
  for (const std::uint64_t item : items) expected.push_back(walk(42, item));
  for (const yoke::chunking chunk : {yoke::chunking{}, yoke::chunking{1}, yoke::chunking{13}, yoke::guided}) {
    EXPECT_EQ(pool.map(items, [](std::uint64_t item) { return walk(42, item); }, {.chunk = chunk}), expected);
  }
}

TEST_P(random_contract, different_items_and_seeds_draw_different_numbers) {
  const auto items = std::views::iota(0, 1000);
  std::vector<std::uint64_t> drawn = pool.map(items, [](int item) { return yoke::random(1, item)(); });
  std::ranges::copy(pool.map(items, [](int item) { return yoke::random(2, item)(); }), std::back_inserter(drawn));
  std::ranges::sort(drawn);
  EXPECT_EQ(std::ranges::adjacent_find(drawn), drawn.end());
}

TEST_P(random_contract, a_sum_of_random_numbers_has_the_same_bits) {
  const auto draw = [](std::uint64_t item) { return walk(7, item); };
  const auto items = std::views::iota(std::uint64_t{0}, std::uint64_t{3000});
  yoke::pool serial{yoke::backend::serial};
  EXPECT_EQ(pool.reduce(pool.map(items, draw), std::plus<>{}), serial.reduce(serial.map(items, draw), std::plus<>{}));
}

TEST_P(random_contract, a_stream_may_be_an_item_and_a_result) {
  std::vector<yoke::random_stream> streams;
  for (std::uint64_t index = 0; index < 50; ++index) streams.push_back(yoke::random(3, index));
  const auto moved_on = pool.map(streams, [](yoke::random_stream stream) {
    stream.discard(stream.index());
    return stream;
  });
  for (yoke::random_stream& stream : streams) stream.discard(stream.index());
  EXPECT_EQ(moved_on, streams);
}
