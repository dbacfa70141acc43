#include "conformance.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace yoke_test;

namespace {

int square(int item) { return item * item; }

std::vector<int> squares(int count) {
  std::vector<int> results;
  for (const int item : first_integers(count)) results.push_back(square(item));
  return results;
}

struct point {
  double x = 0;
  double y = 0;
  bool operator==(const point&) const = default;
};

struct order {
  std::string customer;
  std::vector<std::pair<int, double>> lines;
  std::optional<std::string> note;
  std::map<std::string, int> tags;
  bool operator==(const order&) const = default;
};

/// no_default cannot be made from nothing.
struct no_default {
  explicit no_default(int number) : value{number} {}
  int value;
};

}  // namespace

template <>
inline constexpr bool yoke::portable<no_default> = true;

using map_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, map_contract, every_backend, setting_name);

TEST_P(map_contract, equals_the_serial_result_in_input_order) {
  const auto items = first_integers(10);
  EXPECT_EQ(pool.map(items, square), squares(10));
  EXPECT_EQ(pool.map(items, square, {.chunk = 1}), squares(10));
  EXPECT_EQ(pool.map(items, square, {.chunk = 3}), squares(10));
}

TEST_P(map_contract, does_not_depend_on_the_chunk_size) {
  for (const int chunk : {6, 40, 50}) EXPECT_EQ(pool.map(first_integers(40), square, {.chunk = chunk}), squares(40));
  EXPECT_EQ(pool.map(first_integers(40), square, {.chunk = yoke::guided}), squares(40));
}

TEST_P(map_contract, refuses_chunks_of_no_items) {
  const auto items = first_integers(3);
  EXPECT_THROW(pool.map(items, square, {.chunk = 0}), std::invalid_argument);
  EXPECT_THROW(pool.map(items, square, {.chunk = -5}), std::invalid_argument);
  EXPECT_THROW(pool.map(std::vector<int>{}, square, {.chunk = 0}), std::invalid_argument);
  EXPECT_THROW(pool.map(items, square, {.attempts = 0}), std::invalid_argument);
}

TEST_P(map_contract, returns_at_once_where_there_are_no_items) {
  EXPECT_TRUE(pool.map(std::vector<int>{}, square).empty());
  EXPECT_TRUE(pool.map(std::vector<int>{}, square, {.chunk = 7}).empty());
  EXPECT_TRUE(pool.map(std::vector<int>{}, first_integers(3), [](int a, int b) { return a + b; }).empty());
}

TEST_P(map_contract, stops_at_the_shorter_of_two_ranges) {
  const auto sum = [](int left, double right) { return left + right; };
  const std::vector<double> halves{0.5, 1.5, 2.5};
  EXPECT_EQ(pool.map(first_integers(5), halves, sum), (std::vector{0.5, 2.5, 4.5}));
  EXPECT_EQ(pool.map(first_integers(2), halves, sum), (std::vector{0.5, 2.5}));
  EXPECT_EQ(pool.map(std::views::iota(0, 100), halves, sum, {.chunk = 2}), (std::vector{0.5, 2.5, 4.5}));
}

TEST_P(map_contract, pairs_items_of_any_type) {
  const std::vector<std::string> names{"a", "b", "c", "d", "e"};
  const auto repeat = [](const std::string& name, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += name;
    return all;
  };
  EXPECT_EQ(pool.map(names, first_integers(5), repeat, {.chunk = 2}),
            (std::vector<std::string>{"", "b", "cc", "ddd", "eeee"}));
}

TEST_P(map_contract, takes_ranges_that_start_anywhere_step_or_count_down) {
  EXPECT_EQ(pool.map(std::views::iota(-3, 4), square, {.chunk = 2}), (std::vector{9, 4, 1, 0, 1, 4, 9}));
  EXPECT_EQ(pool.map(std::views::iota(2, 5) | std::views::reverse, square), (std::vector{16, 9, 4}));
  const auto by_threes = std::views::iota(0, 4) | std::views::transform([](int i) { return 10 + 3 * i; });
  EXPECT_EQ(pool.map(by_threes, square), (std::vector{100, 169, 256, 361}));
  EXPECT_EQ(pool.map(first_integers(10) | std::views::drop(7), square), (std::vector{49, 64, 81}));
  const std::uint64_t high = std::uint64_t{1} << 63;
  EXPECT_EQ(pool.map(std::views::iota(high, high + 3), [](std::uint64_t item) { return item - 1; }),
            (std::vector{high - 1, high, high + 1}));
}

TEST_P(map_contract, takes_any_container_with_random_access) {
  const std::deque<int> deque{1, 2, 3};
  const int array[] = {1, 2, 3};
  const std::vector<bool> bits{true, false, true};
  EXPECT_EQ(pool.map(deque, square), (std::vector{1, 4, 9}));
  EXPECT_EQ(pool.map(array, square), (std::vector{1, 4, 9}));
  EXPECT_EQ(pool.map(bits, [](bool bit) { return bit ? 7 : 8; }), (std::vector{7, 8, 7}));
}

TEST_P(map_contract, may_return_another_type_than_it_takes) {
  const auto texts =
      pool.map(first_integers(50), [](int item) { return std::string(static_cast<std::size_t>(item), 'x'); });
  ASSERT_EQ(texts.size(), 50U);
  for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(texts[i].size(), i);
  EXPECT_EQ(pool.map(texts, [](const std::string& text) { return text.size() % 10; }, {.chunk = 7})[42], 2U);
}

TEST_P(map_contract, returns_bools_as_a_vector_of_bool) {
  const std::vector<bool> even = pool.map(first_integers(1000), [](int item) { return item % 2 == 0; }, {.chunk = 3});
  for (std::size_t i = 0; i < 1000; ++i) ASSERT_EQ(even[i], i % 2 == 0) << i;
}

TEST_P(map_contract, returns_results_without_a_default_constructor) {
  const auto results = pool.map(first_integers(20), [](int item) { return no_default{item + 1}; });
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(results[i].value, static_cast<int>(i) + 1);
}

TEST_P(map_contract, returns_results_that_can_only_be_moved) {
  const auto results = pool.map(first_integers(20), [](int item) { return std::make_unique<int>(item); }, {.chunk = 3});
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(*results[i], static_cast<int>(i));
}

TEST_P(map_contract, carries_structures_both_ways) {
  std::vector<order> orders;
  for (int i = 0; i < 30; ++i) {
    orders.push_back({.customer = std::string(static_cast<std::size_t>(i), 'c'),
                      .lines = {{i, i / 2.0}, {-i, 0}},
                      .note = i % 2 != 0 ? std::optional<std::string>{"odd"} : std::nullopt,
                      .tags = {{"number", i}}});
  }
  EXPECT_EQ(pool.map(orders, [](const order& item) { return item; }), orders);

  std::vector<point> points(100, {.x = 1, .y = 2});
  const auto swapped = pool.map(points, [](const point& p) { return point{.x = p.y, .y = p.x}; });
  EXPECT_EQ(swapped, std::vector<point>(100, {.x = 2, .y = 1}));
}

TEST_P(map_contract, hands_string_views_to_tasks) {
  const std::vector<std::string_view> words{"one", "three", ""};
  EXPECT_EQ(pool.map(words, [](std::string_view word) { return word.size(); }), (std::vector<std::size_t>{3, 5, 0}));
}

TEST_P(map_contract, accepts_a_task_that_returns_nothing) {
  pool.map(first_integers(10), [](int) {});
  pool.for_each(first_integers(10), [](int) {});
  pool.for_each(first_integers(10), square, {.chunk = 3});
  pool.for_each(first_integers(10), first_integers(5), [](int, int) {});
}

TEST_P(map_contract, calls_functions_members_and_closures_with_plain_captures) {
  EXPECT_EQ(pool.map(first_integers(4), &square), squares(4));
  const std::vector<point> points{{.x = 1, .y = 2}, {.x = 3, .y = 4}};
  EXPECT_EQ(pool.map(points, &point::y), (std::vector{2.0, 4.0}));
  const int offset = 5;
  EXPECT_EQ(pool.map(first_integers(3), [offset](int item) { return item + offset; }), (std::vector{5, 6, 7}));
}

TEST_P(map_contract, completes_a_million_tiny_items) {
  const auto results = pool.map(std::views::iota(0, 1'000'000), [](int item) { return item ^ 1; });
  ASSERT_EQ(results.size(), 1'000'000U);
  for (int i = 0; i < 1'000'000; ++i) ASSERT_EQ(results[static_cast<std::size_t>(i)], i ^ 1);
}

TEST_P(map_contract, carries_huge_items_and_results) {
  const std::vector<std::string> in{std::string(100'000'000, 'a') + 'z', "small"};
  const auto ends = pool.map(in, [](const std::string& item) { return std::pair{item.size(), item.back()}; });
  EXPECT_EQ(ends, (std::vector<std::pair<std::size_t, char>>{{100'000'001, 'z'}, {5, 'l'}}));

  const auto out = pool.map(first_integers(8), [](int item) {
    std::string text(10'000'000, static_cast<char>('a' + item));
    text.back() = '!';
    return text;
  });
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(out[i].size(), 10'000'000U);
    EXPECT_EQ(out[i].front(), static_cast<char>('a' + i));
    EXPECT_EQ(out[i].find_first_not_of(out[i].front()), 9'999'999U);
  }
}
