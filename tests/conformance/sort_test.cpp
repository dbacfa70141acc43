#include "conformance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

using namespace yoke_test;

namespace {

constexpr unsigned seed = 20'240'117;

/// pebble tells equal elements apart.
struct pebble {
  int weight = 0;
  int place = 0;
  bool operator==(const pebble&) const = default;
};

constexpr auto lighter = [](const pebble& a, const pebble& b) { return a.weight < b.weight; };

std::vector<pebble> pebbles(int count, int weights) {
  std::mt19937 random{seed};
  std::vector<pebble> all;
  for (int place = 0; place < count; ++place) all.push_back({static_cast<int>(random()) % weights, place});
  return all;
}

template <class T>
std::vector<T> contents(const yoke::shared_array<T>& array) {
  return {array.begin(), array.end()};
}

}  // namespace

using sort_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, sort_contract, every_backend, setting_name);

using seen_sort_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, seen_sort_contract, every_backend_that_sees_captures, setting_name);

TEST_P(sort_contract, puts_any_number_of_elements_in_order) {
  std::mt19937_64 random{seed};
  for (const std::size_t count : {0U, 1U, 2U, 1000U, 8191U, 8193U, 300'000U}) {
    std::vector<std::int64_t> numbers(count);
    for (auto& number : numbers) number = static_cast<std::int64_t>(random());
    yoke::shared_array<std::int64_t> shared{pool, numbers};
    yoke::sort(pool, shared);
    std::sort(numbers.begin(), numbers.end());
    ASSERT_EQ(contents(shared), numbers) << count;
  }
}

TEST_P(sort_contract, keeps_equal_elements_as_they_were) {
  for (const int weights : {1, 3, 100'000}) {
    auto expected = pebbles(100'000, weights);
    yoke::shared_array<pebble> shared{pool, expected};
    yoke::sort(pool, shared, lighter);
    std::stable_sort(expected.begin(), expected.end(), lighter);
    ASSERT_EQ(contents(shared), expected) << weights;
  }
}

TEST_P(sort_contract, takes_elements_that_are_in_order_or_in_reverse) {
  yoke::shared_array<int> shared{pool, first_integers(100'000)};
  yoke::sort(pool, shared);
  EXPECT_EQ(contents(shared), first_integers(100'000));
  std::reverse(shared.begin(), shared.end());
  yoke::sort(pool, shared);
  EXPECT_EQ(contents(shared), first_integers(100'000));
  yoke::sort(pool, shared, std::greater<>{});
  std::reverse(shared.begin(), shared.end());
  EXPECT_EQ(contents(shared), first_integers(100'000));
}

TEST_P(sort_contract, of_a_part_leaves_the_rest_alone) {
  yoke::shared_array<int> shared{pool, first_integers(50'000)};
  std::reverse(shared.begin(), shared.end());
  yoke::sort(pool, shared.view().subspan(10, 40'000));
  EXPECT_EQ(shared[9], 49'990);
  EXPECT_EQ(shared[10], 9'990);
  EXPECT_EQ(shared[40'009], 49'989);
  EXPECT_EQ(shared[40'010], 9'989);
}

TEST_P(sort_contract, puts_what_is_not_a_number_last) {
  std::mt19937 random{seed};
  std::vector<double> numbers(100'000);
  for (double& number : numbers) {
    number = random() % 10 == 0 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(random());
  }
  const auto count = std::count_if(numbers.begin(), numbers.end(), [](double x) { return !std::isnan(x); });
  yoke::shared_array<double> shared{pool, numbers};
  yoke::sort(pool, shared);
  EXPECT_TRUE(std::is_sorted(shared.begin(), shared.begin() + count));
  EXPECT_TRUE(std::all_of(shared.begin() + count, shared.end(), [](double x) { return std::isnan(x); }));
  yoke::sort(pool, shared, std::greater<double>{});
  EXPECT_TRUE(std::is_sorted(shared.begin(), shared.begin() + count, std::greater<>{}));
  EXPECT_TRUE(std::isnan(shared[99'999]));
  std::fill(shared.begin(), shared.end(), std::numeric_limits<double>::quiet_NaN());
  yoke::sort(pool, shared);
  EXPECT_TRUE(std::isnan(shared[0]));
}

TEST_P(sort_contract, loses_nothing_to_a_comparison_that_throws) {
  const auto before = pebbles(100'000, 1'000'000);
  yoke::shared_array<pebble> shared{pool, before};
  const auto picky = [](const pebble& a, const pebble& b) {
    // Neighbours are sorted in one block; only what is merged from several is as far apart as this.
    const bool far = std::abs(a.place - b.place) > 30'000;
    if (far && (a.place / 1000 == 54 || b.place / 1000 == 54)) throw std::domain_error("picky");
    return a.weight < b.weight;
  };
  EXPECT_THROW(yoke::sort(pool, shared, picky), std::domain_error);
  std::sort(shared.begin(), shared.end(), [](const pebble& a, const pebble& b) { return a.place < b.place; });
  EXPECT_EQ(contents(shared), before);
}

TEST_P(sort_contract, loses_nothing_to_a_comparison_that_contradicts_itself) {
  const auto before = pebbles(200'000, 1000);
  yoke::shared_array<pebble> shared{pool, before};
  for (const unsigned rule : {0U, 1U, 2U, 3U, 4U}) {
    const auto absurd = [rule](const pebble& a, const pebble& b) {
      if (rule == 0) return true;
      if (rule == 1) return ((a.weight * 7919 + b.weight * 104'729) % 3) == 0;
      if (rule == 2) return (a.weight + 333) % 1000 < b.weight;
      if (rule == 3) return a.weight <= b.weight;
      thread_local std::mt19937 random{seed};
      return random() % 2 == 0;
    };
    try {
      yoke::sort(pool, shared, absurd);
    } catch (const std::invalid_argument&) {
      // It may be found out.
    }
    auto after = contents(shared);
    std::sort(after.begin(), after.end(), [](const pebble& a, const pebble& b) { return a.place < b.place; });
    ASSERT_EQ(after, before) << rule;
  }
}

TEST_P(sort_contract, refuses_memory_that_workers_do_not_share) {
  std::vector<int> mine = first_integers(10);
  EXPECT_THROW(yoke::sort(pool, mine), yoke::capture_error);
}

TEST_P(seen_sort_contract, takes_a_comparison_that_refers_to_memory) {
  std::vector<int> rank = first_integers(50'000);
  std::shuffle(rank.begin(), rank.end(), std::mt19937{seed});
  yoke::shared_array<int> shared{pool, first_integers(50'000)};
  yoke::sort(pool, shared,
             [&](int a, int b) { return rank[static_cast<std::size_t>(a)] < rank[static_cast<std::size_t>(b)]; });
  for (std::size_t place = 0; place < shared.size(); ++place) {
    ASSERT_EQ(rank[static_cast<std::size_t>(shared[place])], static_cast<int>(place));
  }
}
