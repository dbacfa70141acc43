#include "conformance.hpp"
#include "support/shared_page.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace yoke_test;

namespace {

const std::vector<std::string> names{"a", "b", "c", "d", "e"};

std::string describe(int times, const std::string& name, double weight) {
  std::string all;
  for (int i = 0; i < times; ++i) all += name;
  return all + ':' + std::to_string(static_cast<int>(weight));
}

const std::vector<std::string> described{":0", "b:1", "cc:2", "ddd:3"};
const std::vector<double> weights{0, 1, 2, 3};

const shared_page page;

}  // namespace

using several_ranges = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, several_ranges, every_backend, setting_name);

TEST_P(several_ranges, are_walked_side_by_side_as_far_as_the_shortest_reaches) {
  EXPECT_EQ(pool.map(std::views::iota(0), names, weights, describe), described);
  EXPECT_EQ(pool.map(first_integers(100), names, weights, describe, {.chunk = 3}), described);
  EXPECT_TRUE(pool.map(first_integers(9), names, std::vector<double>{}, describe).empty());
}

TEST_P(several_ranges, may_be_any_number_in_a_zip) {
  const auto sum = [](int a, short b, std::uint8_t c, double d, const std::string& e) {
    return a + b + c + d + static_cast<double>(e.size());
  };
  const std::vector<short> shorts{10, 20, 30, 40, 50, 60};
  const std::vector<std::uint8_t> bytes{1, 2, 3, 4, 5, 6, 7};
  const auto all = yoke::zip(std::views::iota(0, 100), shorts, bytes, weights, std::vector<std::string>(50, "four"));
  for (const int chunk : {1, 3, 100}) {
    auto again = all;
    EXPECT_EQ(pool.map(again, sum, {.chunk = chunk}), (std::vector{15.0, 28.0, 41.0, 54.0}));
    EXPECT_EQ(pool.map(all, sum, {.chunk = chunk}), (std::vector{15.0, 28.0, 41.0, 54.0})) << "a const one";
  }
}

TEST_P(several_ranges, of_strings_of_any_length_keep_apart_in_their_payload) {
  std::vector<std::string> left;
  std::vector<std::vector<int>> middle;
  std::vector<std::string> right;
  for (int i = 0; i < 200; ++i) {
    left.emplace_back(static_cast<std::size_t>(i * 7 % 31), 'l');
    middle.emplace_back(static_cast<std::size_t>(i * 5 % 13), i);
    right.emplace_back(static_cast<std::size_t>(i * 3 % 17), 'r');
  }
  const auto join = [](const std::string& a, const std::vector<int>& b, const std::string& c) {
    return a + std::to_string(b.size()) + (b.empty() ? "" : std::to_string(b.back())) + c;
  };
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < 200; ++i) expected.push_back(join(left[i], middle[i], right[i]));
  EXPECT_EQ(pool.map(left, middle, right, join, {.chunk = 9}), expected);
}

TEST_P(several_ranges, reduce_with_a_fold_that_takes_one_item_of_each) {
  const auto fold = [](double sum, int times, double weight) { return sum + times * weight; };
  EXPECT_EQ(pool.reduce(yoke::zip(std::views::iota(1), weights), 0.0, fold, std::plus<>{}), 2.0 + 6.0 + 12.0);
}

TEST_P(several_ranges, call_a_task_without_a_result_once_for_each) {
  page.clear();
  pool.for_each(std::views::iota(0, 50), first_integers(40), first_integers(60),
                [](int a, int b, int c) { page[0] += static_cast<std::uint32_t>(a == b && b == c ? 1 : 1000); });
  pool.for_each(yoke::zip(first_integers(3), first_integers(3), first_integers(3), first_integers(3)),
                [](int, int, int, int) { ++page[0]; });
  EXPECT_EQ(page[0], 43U);
}

TEST_P(several_ranges, name_the_item_that_fails) {
  try {
    pool.map(first_integers(100), first_integers(100), first_integers(100), [](int a, int, int) {
      if (a >= 42) throw std::domain_error("forty-two");
      return a;
    });
    FAIL() << "no error";
  } catch (const std::domain_error& error) {
    EXPECT_EQ(dynamic_cast<const yoke::task_failure&>(error).item(), 42U);
  }
}

using starmap_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, starmap_contract, every_backend, setting_name);

TEST_P(starmap_contract, spreads_tuples_over_the_arguments) {
  std::vector<std::tuple<int, std::string, double>> tuples;
  for (int i = 0; i < 4; ++i) tuples.emplace_back(i, names[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(pool.starmap(tuples, describe), described);
  EXPECT_EQ(pool.starmap(tuples, describe, {.chunk = 1}), described);
}

TEST_P(starmap_contract, spreads_pairs_and_arrays) {
  const std::vector<std::pair<int, int>> pairs{{7, 2}, {9, 4}};
  EXPECT_EQ(pool.starmap(pairs, std::minus<>{}), (std::vector{5, 5}));
  const std::vector<std::array<int, 3>> arrays{{1, 2, 3}, {4, 5, 6}};
  EXPECT_EQ(pool.starmap(arrays, [](int a, int b, int c) { return 100 * a + 10 * b + c; }), (std::vector{123, 456}));
}

using block_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, block_contract, every_backend, setting_name);

TEST_P(block_contract, blocks_cover_every_cell_once_in_the_order_of_the_blocks) {
  for (const auto& [rows, cols, down, across] : std::vector<std::array<std::size_t, 4>>{
           {10, 7, 3, 2}, {1, 1, 1, 1}, {5, 5, 100, 100}, {64, 32, 8, 8}, {3, 0, 1, 1}, {0, 0, 2, 2}}) {
    const yoke::block_grid grid = yoke::blocks(rows, cols, down, across);
    const auto areas = pool.map(grid, [](const yoke::block& part) { return part; });
    std::vector<int> cells(rows * cols);
    ASSERT_EQ(areas.size(), grid.size());
    for (std::size_t k = 0; k < areas.size(); ++k) {
      EXPECT_EQ(areas[k], grid[k]);
      for (std::size_t row = areas[k].row_begin; row < areas[k].row_end; ++row) {
        for (std::size_t col = areas[k].col_begin; col < areas[k].col_end; ++col) ++cells[row * cols + col];
      }
    }
    EXPECT_EQ(cells, std::vector<int>(rows * cols, 1));
  }
}

TEST_P(block_contract, a_block_without_rows_or_columns_is_refused) {
  EXPECT_THROW(yoke::blocks(4, 4, 0, 1), std::invalid_argument);
  EXPECT_THROW(yoke::blocks(4, 4, 1, 0), std::invalid_argument);
}
