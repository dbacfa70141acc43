#include "conformance.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <vector>

using namespace yoke_test;

namespace {

constexpr auto plus = [](auto left, auto right) { return left + right; };
constexpr auto larger = [](auto left, auto right) { return std::max(left, right); };

/// Numbers whose sum depends on the order they are added in.
std::vector<double> awkward_numbers(std::size_t count) {
  std::vector<double> numbers(count);
  for (std::size_t i = 0; i < count; ++i) {
    numbers[i] = std::ldexp(1.0 + 1.0 / static_cast<double>(i + 1), static_cast<int>(i * 7 % 60) - 30);
  }
  return numbers;
}

/// joined joins the left half, of as many as the largest power of two below their number, with the right.
double joined(std::span<const double> leaves) {
  if (leaves.size() == 1) return leaves[0];
  const std::size_t half = std::bit_floor(leaves.size() - 1);
  return joined(leaves.first(half)) + joined(leaves.subspan(half));
}

}  // namespace

using reduce_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, reduce_contract, every_backend, setting_name);

TEST_P(reduce_contract, joins_all_items_with_and_without_an_initial_value) {
  const auto items = first_integers(1001);
  EXPECT_EQ(pool.reduce(items, plus), 500'500);
  EXPECT_EQ(pool.reduce(items, 7, plus), 500'507);
  EXPECT_EQ(pool.reduce(items, std::int64_t{1} << 40, plus), (std::int64_t{1} << 40) + 500'500);
}

TEST_P(reduce_contract, has_nothing_to_return_where_there_are_no_items) {
  const std::vector<int> none;
  EXPECT_EQ(pool.reduce(none, plus), std::nullopt);
  EXPECT_EQ(pool.reduce(none, 7, plus), 7);
  EXPECT_EQ(pool.reduce(
                none, std::string("id"), [](std::string text, int) { return text; }, plus),
            "id");
  EXPECT_EQ(pool.reduce(none, 7, plus, {.chunk = 3}), 7);
}

TEST_P(reduce_contract, takes_ranges_that_start_anywhere_or_count_down) {
  EXPECT_EQ(pool.reduce(std::views::iota(10, 20), plus), 145);
  EXPECT_EQ(pool.reduce(std::views::iota(10, 20) | std::views::reverse, 0, plus), 145);
}

TEST_P(reduce_contract, is_right_without_an_identity_for_any_chunk_count) {
  std::vector<int> negatives;
  for (int i = 1; i <= 23; ++i) negatives.push_back(-i);
  const std::vector<std::uint64_t> factors{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  for (int chunk = 1; chunk < 25; ++chunk) {
    EXPECT_EQ(pool.reduce(negatives, larger, {.chunk = chunk}), -1);
    EXPECT_EQ(pool.reduce(factors, std::multiplies<>{}, {.chunk = chunk}), 39'916'800U);
  }
}

TEST_P(reduce_contract, keeps_the_order_of_items_where_joining_does_not_commute) {
  std::vector<std::string> letters;
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    letters.emplace_back(1, static_cast<char>('a' + i % 26));
    expected += letters.back();
  }
  EXPECT_EQ(pool.reduce(letters, plus), expected);
  EXPECT_EQ(pool.reduce(letters, std::string(">"), plus, {.chunk = 3}), ">" + expected);
  EXPECT_EQ(pool.reduce(letters, plus, {.chunk = 7, .leaf = 9}), expected);
}

TEST_P(reduce_contract, folds_into_another_type_than_the_items) {
  const std::vector<std::string> words{"to", "be", "or", "not", "to", "be"};
  using counts = std::map<std::string, int>;
  const auto count = [](counts all, const std::string& word) {
    ++all[word];
    return all;
  };
  const auto merge = [](counts left, const counts& right) {
    for (const auto& [word, times] : right) left[word] += times;
    return left;
  };
  const counts expected{{"to", 2}, {"be", 2}, {"or", 1}, {"not", 1}};
  EXPECT_EQ(pool.reduce(words, counts{}, count, merge), expected);
  EXPECT_EQ(pool.reduce(words, counts{}, count, merge, {.chunk = 2, .leaf = 2}), expected);
}

TEST_P(reduce_contract, uses_the_identity_once_for_each_leaf) {
  const auto items = first_integers(10);
  EXPECT_EQ(pool.reduce(items, 100, plus, plus, {.leaf = 3}), 445);
}

TEST_P(reduce_contract, adds_doubles_to_the_same_bits_in_any_chunks) {
  const auto numbers = awkward_numbers(20'000);
  yoke::pool reference{yoke::backend::serial};
  const double expected = *reference.reduce(numbers, plus);
  EXPECT_NE(expected, std::accumulate(numbers.begin(), numbers.end(), 0.0)) << "these numbers are not awkward enough";
  EXPECT_EQ(*pool.reduce(numbers, plus), expected);
  EXPECT_EQ(*pool.reduce(numbers, plus, {.chunk = yoke::guided}), expected);
  for (const int chunk : {1, 10, 1000, 100'000}) EXPECT_EQ(*pool.reduce(numbers, plus, {.chunk = chunk}), expected);
}

TEST_P(reduce_contract, gives_a_standard_operation_the_bits_that_the_same_lambda_gets) {
  const auto numbers = awkward_numbers(20'000);
  const auto in_place = yoke::shared_array<double>{pool, numbers};
  const auto product = [](auto left, auto right) { return left * right; };
  for (const int count : {1, 7, 8, 9, 99, 100, 101, 4095, 4096, 4097, 20'000}) {
    const auto some = std::span{numbers}.first(static_cast<std::size_t>(count));
    const auto shared = in_place.view().first(static_cast<std::size_t>(count));
    for (const std::uint64_t leaf : {std::uint64_t{100}, std::uint64_t{1001}}) {
      const yoke::call_options cut{.chunk = 1000, .leaf = leaf};
      EXPECT_EQ(pool.reduce(some, std::plus<>{}, cut), pool.reduce(some, plus, cut)) << count;
      EXPECT_EQ(pool.reduce(shared, std::plus<double>{}, cut), pool.reduce(some, plus, cut)) << count;
      EXPECT_EQ(pool.reduce(shared, std::multiplies<>{}, cut), pool.reduce(some, product, cut)) << count;
    }
  }
  const auto bits = std::views::iota(std::uint64_t{1} << 33, (std::uint64_t{1} << 33) + 9999);
  EXPECT_EQ(pool.reduce(bits, std::bit_xor<>{}),
            std::accumulate(bits.begin(), bits.end(), std::uint64_t{0}, std::bit_xor<>{}));
}

TEST_P(reduce_contract, joins_items_in_the_order_that_is_documented) {
  const auto numbers = awkward_numbers(1003);
  std::vector<double> leaves;
  for (std::size_t leaf = 0; leaf < numbers.size(); leaf += 100) {
    const std::size_t end = std::min(leaf + 100, numbers.size());
    std::optional<double> value;
    for (std::size_t run = leaf; run < end; run += 8) {
      double sum = numbers[run];
      for (std::size_t k = run + 1; k < std::min(run + 8, end); ++k) sum += numbers[k];
      value = value ? *value + sum : sum;
    }
    leaves.push_back(*value);
  }
  EXPECT_EQ(*pool.reduce(numbers, plus, {.leaf = 100}), joined(leaves));
}

TEST_P(reduce_contract, names_the_item_whose_operation_threw) {
  const auto items = first_integers(10'000);
  const auto picky = [](int left, int right) {
    if (right == 7777) throw std::range_error("7777");
    return std::max(left, right);
  };
  try {
    pool.reduce(items, 0, picky);
    FAIL() << "no error";
  } catch (const std::range_error& error) {
    EXPECT_STREQ(error.what(), "7777");
    EXPECT_EQ(dynamic_cast<const yoke::task_failure&>(error).item(), 7777U);
  }
}
