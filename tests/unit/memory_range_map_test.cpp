#include "memory/range_map.hpp"

#include <optional>
#include <stdexcept>

#include <gtest/gtest.h>

namespace yoke::detail {
namespace {

TEST(range_map, joins_neighbours_on_either_side_and_both) {
  range_map map;
  map.insert({100, 10});
  map.insert({120, 10});
  map.insert({90, 10});
  EXPECT_EQ(map.count(), 2u);
  map.insert({110, 10});
  EXPECT_EQ(map.count(), 1u);
  EXPECT_EQ(map.total_bytes(), 40u);
  EXPECT_EQ(map.take_best_fit(40), 90u);
  EXPECT_TRUE(map.empty());
}

TEST(range_map, takes_from_the_smallest_range_that_fits_and_the_lowest_of_equals) {
  range_map map;
  map.insert({0, 100});
  map.insert({200, 20});
  map.insert({300, 20});
  map.insert({400, 10});
  EXPECT_EQ(map.take_best_fit(15), 200u);
  EXPECT_EQ(map.take_best_fit(5), 215u);
  EXPECT_EQ(map.take_best_fit(10), 400u);
  EXPECT_EQ(map.take_best_fit(50), 0u);
  EXPECT_EQ(map.take_best_fit(51), std::nullopt);
  EXPECT_EQ(map.total_bytes(), 70u);
}

TEST(range_map, takes_the_end_of_the_largest_range) {
  range_map map;
  map.insert({0, 100});
  map.insert({200, 50});
  const byte_range part = map.take_from_largest(60);
  EXPECT_EQ(part.offset, 40u);
  EXPECT_EQ(part.bytes, 60u);
  const byte_range rest = map.take_from_largest(60);
  EXPECT_EQ(rest.offset, 200u);
  EXPECT_EQ(rest.bytes, 50u);
  EXPECT_EQ(map.take_from_largest(1000).bytes, 40u);
  EXPECT_EQ(map.take_from_largest(1000).bytes, 0u);
}

TEST(range_map, refuses_a_range_that_is_free_already) {
  range_map map;
  map.insert({100, 50});
  EXPECT_THROW(map.insert({100, 50}), std::logic_error);
  EXPECT_THROW(map.insert({90, 11}), std::logic_error);
  EXPECT_THROW(map.insert({149, 1}), std::logic_error);
  EXPECT_THROW(map.insert({90, 100}), std::logic_error);
  EXPECT_EQ(map.total_bytes(), 50u);
}

TEST(range_map, ignores_empty_ranges) {
  range_map map;
  map.insert({5, 0});
  EXPECT_TRUE(map.empty());
}

}  // namespace
}  // namespace yoke::detail
