#include "bench/statistics/bootstrap.hpp"

#include "bench/statistics/sample.hpp"

#include <cmath>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke::bench;
using testing::DoubleNear;
using testing::ElementsAre;

std::vector<double> normal(std::mt19937_64& random, double mean, double deviation, int count = 10) {
  std::vector<double> values;
  std::normal_distribution<double> draw;
  for (int i = 0; i < count; ++i) values.push_back(mean + deviation * draw(random));
  return values;
}

TEST(statistics_sample, median_and_deviation_of_known_values) {
  const std::vector<double> values{9, 1, 3, 5, 100};
  EXPECT_EQ(median(values), 5);
  EXPECT_EQ(median_deviation(values), 4);
  EXPECT_EQ(quantile(values, 0.25), 3);
  EXPECT_EQ(quantile(values, 1), 100);
  EXPECT_EQ(median(std::vector<double>{1, 2}), 1.5);
  EXPECT_TRUE(std::isnan(median({})));
}

TEST(statistics_sample, outliers_are_told_by_index_and_nothing_is_when_all_are_equal) {
  EXPECT_THAT(outliers(std::vector<double>{1, 1.01, 0.99, 5, 1.02, 0.98}), ElementsAre(3));
  EXPECT_THAT(outliers(std::vector<double>{1, 1, 1, 1}), ElementsAre());
}

TEST(statistics_bootstrap, the_same_samples_give_the_same_interval) {
  std::mt19937_64 random{1};
  const auto a = normal(random, 1, 0.05);
  const auto b = normal(random, 2, 0.05);
  const interval first = ratio_of_medians(a, b);
  const interval second = ratio_of_medians(a, b);
  EXPECT_EQ(first.low, second.low);
  EXPECT_EQ(first.high, second.high);
  EXPECT_LT(first.low, first.value);
  EXPECT_LT(first.value, first.high);
}

TEST(statistics_bootstrap, one_repetition_has_a_value_and_no_bounds) {
  const interval found = ratio_of_medians(std::vector<double>{3}, std::vector<double>{2, 2});
  EXPECT_EQ(found.value, 1.5);
  EXPECT_TRUE(std::isnan(found.low));
  EXPECT_EQ(difference_of(found, 0.02), difference::unclear);
}

/// least_hits is what 95 % of `runs` may be by chance: three standard deviations of the binomial below.
double least_hits(int runs) { return 0.95 * runs - 3 * std::sqrt(runs * 0.95 * 0.05); }

TEST(statistics_bootstrap, the_interval_of_a_ratio_holds_the_truth_in_95_of_100_cases) {
  std::mt19937_64 random{2};
  constexpr int runs = 400;
  int hits = 0;
  for (int i = 0; i < runs; ++i) {
    const auto over = normal(random, 2, 0.05);
    const auto under = normal(random, 1, 0.02);
    hits += ratio_of_medians(over, under).contains(2) ? 1 : 0;
  }
  EXPECT_GE(hits, least_hits(runs));
}

TEST(statistics_difference, is_none_where_the_interval_straddles_the_noise) {
  EXPECT_EQ(difference_of({1.01, 0.99, 1.03}, 0.02), difference::none);
  EXPECT_EQ(difference_of({1.0, 0.995, 1.005}, 0.02), difference::none);
  EXPECT_EQ(difference_of({0.97, 0.95, 0.985}, 0.02), difference::none);
  EXPECT_EQ(difference_of({0.9, 0.85, 0.95}, 0.02), difference::faster);
  EXPECT_EQ(difference_of({1.5, 1.4, 1.6}, 0.02), difference::slower);
}

TEST(statistics_difference, equal_programs_are_seldom_told_apart) {
  std::mt19937_64 random{3};
  constexpr int runs = 400;
  int told_apart = 0;
  for (int i = 0; i < runs; ++i) {
    const auto a = normal(random, 1, 0.01);
    const auto b = normal(random, 1, 0.01);
    told_apart += difference_of(ratio_of_medians(a, b), 0.02) == difference::none ? 0 : 1;
  }
  EXPECT_LE(told_apart, runs * 0.05);
}

}  // namespace
