#include "bench/statistics/models.hpp"

#include <cmath>
#include <functional>
#include <list>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke::bench;
using testing::HasSubstr;

/// least_hits is what 95 % of `runs` may be by chance: three standard deviations of the binomial below.
double least_hits(int runs) { return 0.95 * runs - 3 * std::sqrt(runs * 0.95 * 0.05); }

/// timings are the times of a program that obeys a law, with `noise` as a share, for tests that know the truth.
class timings {
 public:
  timings(std::mt19937_64& random, const std::function<double(double)>& seconds, const std::vector<int>& workers,
          double noise = 0.01, int repetitions = 10) {
    std::normal_distribution<double> normal;
    for (const int n : workers) {
      auto& sample = samples_.emplace_back();
      for (int i = 0; i < repetitions; ++i) sample.push_back(seconds(n) * (1 + noise * normal(random)));
      points_.push_back({n, sample});
    }
  }

  [[nodiscard]] const std::vector<scaling_point>& points() const { return points_; }

 private:
  std::list<std::vector<double>> samples_;
  std::vector<scaling_point> points_;
};

double by_usl(double n, double contention, double coherence) {
  return (1 + contention * (n - 1) + coherence * n * (n - 1)) / n;
}

TEST(statistics_models, karp_flatt_of_known_speedups) {
  EXPECT_NEAR(karp_flatt(1 / (0.1 + 0.9 / 8), 8), 0.1, 1e-12);
  EXPECT_NEAR(karp_flatt(4, 4), 0, 1e-12);
  EXPECT_TRUE(std::isnan(karp_flatt(1, 1)));
  const interval found = karp_flatt(interval{1.8, 1.7, 1.9}, 2);
  EXPECT_LT(found.low, found.value);
  EXPECT_LT(found.value, found.high);
}

TEST(statistics_models, an_injected_serial_fraction_lies_in_amdahls_interval_in_95_of_100_cases) {
  std::mt19937_64 random{11};
  constexpr double serial = 0.08;
  constexpr int runs = 400;
  int hits = 0;
  int limits = 0;
  for (int i = 0; i < runs; ++i) {
    const timings made{random, [](double n) { return serial + (1 - serial) / n; }, {1, 4}};
    const amdahl_model model = amdahl(made.points()[0].times, made.points()[1].times, 4);
    hits += model.serial.contains(serial) ? 1 : 0;
    limits += model.limit.contains(1 / serial) ? 1 : 0;
  }
  EXPECT_GE(hits, least_hits(runs));
  EXPECT_EQ(limits, hits);
}

TEST(statistics_models, a_serial_part_that_may_be_nothing_has_no_limit) {
  std::mt19937_64 random{12};
  const timings made{random, [](double n) { return 1 / n; }, {1, 2}};
  EXPECT_TRUE(std::isinf(amdahl(made.points()[0].times, made.points()[1].times, 2).limit.high));
}

TEST(statistics_models, injected_contention_and_coherence_lie_in_the_usl_intervals_in_95_of_100_cases) {
  std::mt19937_64 random{13};
  constexpr double contention = 0.05;
  constexpr double coherence = 0.002;
  constexpr int runs = 200;
  int contentions = 0;
  int coherences = 0;
  for (int i = 0; i < runs; ++i) {
    const timings made{random, [](double n) { return by_usl(n, contention, coherence); }, {1, 2, 4, 6, 8, 12, 16}};
    const usl_model model = usl(made.points(), 16);
    contentions += model.contention.contains(contention) ? 1 : 0;
    coherences += model.coherence.contains(coherence) ? 1 : 0;
  }
  EXPECT_GE(contentions, least_hits(runs));
  EXPECT_GE(coherences, least_hits(runs));
}

TEST(statistics_models, the_usl_finds_parameters_without_noise) {
  std::mt19937_64 random{14};
  const timings made{random, [](double n) { return 3 * by_usl(n, 0.1, 0.004); }, {1, 2, 3, 4, 6, 8}, 0};
  const usl_model model = usl(made.points(), 8);
  EXPECT_NEAR(model.contention.value, 0.1, 1e-9);
  EXPECT_NEAR(model.coherence.value, 0.004, 1e-9);
  EXPECT_NEAR(model.speedup(8), 1 / by_usl(8, 0.1, 0.004), 1e-9);
  EXPECT_NEAR(model.best(), std::sqrt(0.9 / 0.004), 1e-6);
}

TEST(statistics_models, the_usl_never_speaks_past_twice_the_largest_number) {
  std::mt19937_64 random{15};
  const timings made{random, [](double n) { return by_usl(n, 0.01, 0.00001); }, {1, 2, 3, 4, 6, 8}, 0};
  const usl_model model = usl(made.points(), 8);
  EXPECT_FALSE(std::isnan(model.speedup(16)));
  EXPECT_TRUE(std::isnan(model.speedup(17)));
  EXPECT_TRUE(std::isnan(model.best()));
}

TEST(statistics_models, five_points_are_not_enough_for_the_usl) {
  std::mt19937_64 random{16};
  const timings made{random, [](double n) { return by_usl(n, 0.1, 0.01); }, {1, 2, 3, 4, 5, 6, 7, 8}};
  EXPECT_THAT(usl(made.points(), 5).why_not, HasSubstr("not enough points: 5 "));
  EXPECT_TRUE(usl(made.points(), 6).why_not.empty());
  EXPECT_TRUE(std::isnan(usl(made.points(), 5).speedup(2)));
}

TEST(statistics_models, an_injected_cost_per_item_lies_in_the_interval_of_the_slope_in_95_of_100_cases) {
  std::mt19937_64 random{17};
  constexpr double cost = 2e-6;
  constexpr int runs = 300;
  int hits = 0;
  for (int i = 0; i < runs; ++i) {
    const timings made{random, [](double n) { return 0.001 + cost * n * 1000; }, {1, 4, 16}};
    std::vector<counted> points;
    for (const scaling_point& each : made.points()) points.push_back({each.workers * 1000.0, each.times});
    hits += slope(points).contains(cost) ? 1 : 0;
  }
  EXPECT_GE(hits, least_hits(runs));
}

TEST(statistics_models, one_number_of_items_has_no_slope) {
  const std::vector<double> times{1, 1.1};
  EXPECT_TRUE(std::isnan(slope(std::vector<counted>{{100, times}}).value));
  EXPECT_TRUE(std::isnan(slope(std::vector<counted>{{100, times}, {100, times}}).value));
}

TEST(statistics_break_even, is_interpolated_between_the_lengths_that_straddle_it) {
  const auto found = break_even({{1e-3, 0.99}, {1e-6, 0.2}, {1e-5, 0.8}, {1e-4, 1.0}});
  EXPECT_EQ(found.where, break_even_point::place::at);
  EXPECT_NEAR(found.seconds, std::sqrt(1e-5 * 1e-4), 1e-9);
}

TEST(statistics_break_even, says_when_it_lies_outside_of_what_was_measured) {
  using place = break_even_point::place;
  EXPECT_EQ(break_even({}).where, place::nowhere);
  EXPECT_EQ(break_even({{1e-6, 0.95}, {1e-5, 0.97}}).where, place::below);
  EXPECT_EQ(break_even({{1e-6, 0.1}, {1e-3, 0.5}}).where, place::above);
}

TEST(statistics_break_even, a_short_item_that_reaches_it_by_luck_does_not_count) {
  EXPECT_NEAR(break_even({{1e-6, 0.95}, {1e-5, 0.5}, {1e-4, 0.9}, {1e-3, 0.95}}).seconds, 1e-4, 1e-9);
}

}  // namespace
