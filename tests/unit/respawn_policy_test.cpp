#include "workers/respawn_policy.hpp"

#include "engine/blame.hpp"

#include <gtest/gtest.h>

using namespace std::chrono_literals;
using yoke::detail::respawn_policy;

namespace {

constexpr std::uint32_t most_deaths = 16 + respawn_policy::most_deaths_each;

void die(respawn_policy& policy, std::uint32_t times, std::chrono::nanoseconds now, std::uint64_t commits = 0) {
  for (std::uint32_t death = 0; death < times; ++death) policy.died(now, commits);
}

}  // namespace

TEST(respawn_policy, replaces_the_first_deaths_at_once) {
  respawn_policy policy{1};
  die(policy, respawn_policy::free_deaths, 1s);
  EXPECT_TRUE(policy.may_start(1s));
}

TEST(respawn_policy, doubles_the_delay_of_deaths_without_a_commit_up_to_20_ms) {
  respawn_policy policy{1};
  die(policy, respawn_policy::free_deaths + 1, 1s);
  EXPECT_FALSE(policy.may_start(1s));
  EXPECT_TRUE(policy.may_start(1s + 1ms));
  policy.died(2s, 0);
  EXPECT_EQ(policy.not_before(), 2s + 2ms);
  die(policy, 20, 3s);
  EXPECT_EQ(policy.not_before(), 3s + 20ms);
}

TEST(respawn_policy, forgets_the_deaths_once_anybody_commits_a_chunk) {
  respawn_policy policy{1};
  die(policy, most_deaths - 1, 1s);
  policy.died(9s, 1);
  EXPECT_TRUE(policy.may_start(9s));
  EXPECT_FALSE(policy.broken());
}

TEST(respawn_policy, gives_up_after_too_many_deaths_in_a_row) {
  respawn_policy policy{1};
  die(policy, most_deaths, 1s);
  EXPECT_TRUE(policy.broken());
  EXPECT_FALSE(policy.may_start(1h));
}

TEST(respawn_policy, does_not_give_up_over_failed_forks_while_other_workers_live) {
  respawn_policy policy{1};
  for (std::uint32_t failure = 0; failure < 2 * most_deaths; ++failure) policy.start_failed(1s, 1);
  EXPECT_FALSE(policy.broken());
  EXPECT_TRUE(policy.may_start(2s));
  for (std::uint32_t failure = 0; failure < most_deaths; ++failure) policy.start_failed(3s, 0);
  EXPECT_TRUE(policy.broken());
}

TEST(respawn_policy, is_more_patient_than_an_item_may_be) {
  EXPECT_GE(respawn_policy::most_deaths_each, 3 * yoke::detail::external_deaths_most);
}

TEST(respawn_policy, forgets_deaths_of_long_ago) {
  respawn_policy policy{1};
  for (std::uint32_t death = 0; death < 3 * most_deaths; ++death) policy.died(death * 11s, 0);
  EXPECT_FALSE(policy.broken());
}

TEST(respawn_policy, is_as_patient_with_each_of_many_workers) {
  respawn_policy policy{100};
  die(policy, 100 * respawn_policy::most_deaths_each, 1s);
  EXPECT_FALSE(policy.broken());
}

TEST(respawn_policy, gives_up_after_three_workers_in_a_row_that_never_began) {
  respawn_policy policy{1};
  policy.never_began(5, false);
  policy.never_began(5, false);
  EXPECT_FALSE(policy.broken());
  policy.never_began(5, false);
  EXPECT_EQ(policy.why_broken(), yoke::detail::breakdown::false_starts);
  EXPECT_FALSE(policy.may_start(1s));
}

TEST(respawn_policy, is_more_patient_with_workers_that_were_killed_before_they_began) {
  respawn_policy policy{1};
  for (std::uint32_t start = 1; start < yoke::detail::most_killed_starts; ++start) policy.never_began(5, true);
  EXPECT_FALSE(policy.broken());
  policy.never_began(6, true);
  EXPECT_FALSE(policy.broken()) << "one has begun since";
  for (std::uint32_t start = 1; start < yoke::detail::most_killed_starts; ++start) policy.never_began(6, true);
  EXPECT_EQ(policy.why_broken(), yoke::detail::breakdown::false_starts);
}

TEST(respawn_policy, forgets_workers_that_never_began_once_another_one_has) {
  respawn_policy policy{1};
  for (std::uint64_t beginnings = 0; beginnings < 10; ++beginnings) {
    policy.never_began(beginnings, false);
    policy.never_began(beginnings, false);
  }
  EXPECT_FALSE(policy.broken());
}
