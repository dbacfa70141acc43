#include "conformance.hpp"
#include "support/shared_page.hpp"

#include <bit>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <functional>
#include <map>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <rapidcheck.h>

using namespace yoke_test;

namespace {

using words_with_1 = std::vector<std::pair<std::string, int>>;

words_with_1 split(const std::string& line) {
  words_with_1 words;
  std::istringstream in{line};
  for (std::string word; in >> word;) words.emplace_back(word, 1);
  return words;
}

std::pair<int, double> by_remainder(int item) { return {item % 7, std::ldexp(1.0 + 1.0 / (item + 1), item * 5 % 40)}; }

std::map<int, std::uint64_t> bits_of(const std::map<int, double>& sums) {
  std::map<int, std::uint64_t> bits;
  for (const auto& [key, sum] : sums) bits.emplace(key, std::bit_cast<std::uint64_t>(sum));
  return bits;
}

const shared_page page;

}  // namespace

using transform_reduce_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, transform_reduce_contract, every_backend, setting_name);

TEST_P(transform_reduce_contract, joins_what_becomes_of_the_items) {
  const auto length = [](const std::string& word) { return word.size(); };
  const std::vector<std::string> words{"to", "be", "or", "not"};
  EXPECT_EQ(pool.transform_reduce(words, std::size_t{100}, std::plus<>{}, length), 109U);
  EXPECT_EQ(pool.transform_reduce(words, std::string{">"}, std::plus<>{}, [](const std::string& word) { return word; },
                                  {.chunk = 1}),
            ">tobeornot");
}

TEST_P(transform_reduce_contract, takes_two_ranges_or_more) {
  const std::vector<double> left{1, 2, 3, 4};
  const std::vector<double> right{10, 20, 30};
  EXPECT_EQ(pool.transform_reduce(left, right, 0.5, std::plus<>{}, std::multiplies<>{}), 140.5);
  EXPECT_EQ(pool.transform_reduce(yoke::zip(left, right, std::views::iota(0)), 0, std::plus<>{},
                                  [](double a, double b, int c) { return static_cast<int>(a * b) * c; }),
            40 + 180);
}

TEST_P(transform_reduce_contract, returns_the_initial_value_where_there_are_no_items) {
  EXPECT_EQ(pool.transform_reduce(std::vector<int>{}, 7, std::plus<>{}, std::negate<>{}), 7);
  EXPECT_EQ(pool.transform_reduce(std::vector<int>{}, first_integers(3), 7, std::plus<>{}, std::multiplies<>{}), 7);
}

TEST_P(transform_reduce_contract, has_the_same_bits_as_a_reduction_of_transformed_items) {
  const auto wave = [](int item) { return std::sin(item) * std::ldexp(1.0, item % 40); };
  const auto waves = pool.map(first_integers(5000), wave);
  const double expected = pool.reduce(waves, 0.25, std::plus<>{});
  for (const int chunk : {1, 100, 4000}) {
    const double sum = pool.transform_reduce(first_integers(5000), 0.25, std::plus<>{}, wave, {.chunk = chunk});
    EXPECT_EQ(std::bit_cast<std::uint64_t>(sum), std::bit_cast<std::uint64_t>(expected));
  }
}

using map_reduce_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, map_reduce_contract, every_backend, setting_name);

TEST_P(map_reduce_contract, counts_words) {
  const std::vector<std::string> lines{"to be or not to be", "", "that is the question", "be"};
  const auto counts = pool.map_reduce(lines, split, std::plus<>{});
  EXPECT_EQ(counts,
            (std::map<std::string, int>{
                {"be", 3}, {"is", 1}, {"not", 1}, {"or", 1}, {"question", 1}, {"that", 1}, {"the", 1}, {"to", 2}}));
}

TEST_P(map_reduce_contract, takes_one_pair_of_each_item_of_one_range_or_several) {
  const auto totals = pool.map_reduce(
      yoke::zip(first_integers(100), std::views::iota(1000)),
      [](int key, int value) {
        return std::pair{key % 3, value};
      },
      std::plus<>{});
  EXPECT_EQ(totals, (std::map<int, int>{{0, 34 * 1000 + 1683}, {1, 33 * 1000 + 1617}, {2, 33 * 1000 + 1650}}));
}

TEST_P(map_reduce_contract, of_nothing_is_empty) {
  EXPECT_TRUE(pool.map_reduce(std::vector<int>{}, by_remainder, std::plus<>{}).empty());
  EXPECT_TRUE(pool.map_reduce(std::vector<std::string>{"", " "}, split, std::plus<>{}).empty());
}

TEST_P(map_reduce_contract, joins_values_in_the_order_of_the_items) {
  const auto digits = [](int item) { return std::pair{item % 4 == 0, std::to_string(item)}; };
  std::map<bool, std::string> expected;
  for (const int item : first_integers(3000)) expected[item % 4 == 0] += std::to_string(item);
  EXPECT_EQ(pool.map_reduce(first_integers(3000), digits, std::plus<>{}, {.chunk = 7}), expected);
  EXPECT_EQ(pool.map_reduce(first_integers(3000), digits, std::plus<>{}, {.leaf = 1000}), expected);
}

TEST_P(map_reduce_contract, has_the_same_bits_on_every_backend_with_any_chunk) {
  yoke::pool serial{yoke::backend::serial};
  const auto expected = bits_of(serial.map_reduce(first_integers(20'000), by_remainder, std::plus<>{}));
  for (const int chunk : {1, 333, 9000}) {
    EXPECT_EQ(bits_of(pool.map_reduce(first_integers(20'000), by_remainder, std::plus<>{}, {.chunk = chunk})),
              expected);
  }
}

TEST_P(map_reduce_contract, equals_a_loop_for_any_keys) {
  rc::check([this](const std::vector<std::vector<std::pair<std::uint8_t, int>>>& items) {
    std::map<std::uint8_t, std::vector<int>> expected;
    for (const auto& item : items) {
      for (const auto& [key, value] : item) expected[key].push_back(value);
    }
    const auto each_alone = [](const std::vector<std::pair<std::uint8_t, int>>& item) {
      std::vector<std::pair<std::uint8_t, std::vector<int>>> emitted;
      for (const auto& [key, value] : item) emitted.emplace_back(key, std::vector{value});
      return emitted;
    };
    const auto append = [](std::vector<int> left, const std::vector<int>& right) {
      left.insert(left.end(), right.begin(), right.end());
      return left;
    };
    RC_ASSERT(pool.map_reduce(items, each_alone, append) == expected);
  });
}

TEST_P(map_reduce_contract, names_the_item_that_fails) {
  const auto fails = [](int item) {
    if (item >= 300) throw std::domain_error("no key");
    return std::pair{item, 1};
  };
  try {
    pool.map_reduce(first_integers(1000), fails, std::plus<>{});
    FAIL() << "no error";
  } catch (const std::domain_error& error) {
    EXPECT_EQ(dynamic_cast<const yoke::task_failure&>(error).item(), 300U);
  }
}

using map_reduce_crash = on_processes;
INSTANTIATE_TEST_SUITE_P(processes, map_reduce_crash, processes_only, setting_name);

TEST_P(map_reduce_crash, a_worker_killed_in_the_middle_changes_no_bit) {
  const auto fragile = [](int item) {
    if (item == 4242 && page[0]++ == 0) ::raise(SIGKILL);
    return by_remainder(item);
  };
  page[0] = 1;
  const auto expected = bits_of(pool.map_reduce(first_integers(10'000), fragile, std::plus<>{}));
  page[0] = 0;
  EXPECT_EQ(bits_of(pool.map_reduce(first_integers(10'000), fragile, std::plus<>{})), expected);
  EXPECT_EQ(page[0], 2U);
}
