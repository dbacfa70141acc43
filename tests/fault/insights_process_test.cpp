#include <yoke/yoke.hpp>

#include "support/shared_page.hpp"

#include <chrono>
#include <csignal>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;

const yoke_test::shared_page seen;
enum : std::size_t { killed };

std::vector<int> numbers(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

class insights_of_process_pool : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { seen.clear(); }

  yoke::pool pool_{{.workers = GetParam(), .insights = yoke::insights_level::timeline}};
};

std::uint64_t items_of(const yoke::insights& all) { return all.total().items; }

}  // namespace

INSTANTIATE_TEST_SUITE_P(workers, insights_of_process_pool, testing::Values(1, 2, 3, 7));

TEST_P(insights_of_process_pool, add_up_when_workers_are_killed) {
  constexpr int deaths = 12;
  const auto killed_now_and_then = [](int n) {
    if (n % 50 == 7 && seen[killed].fetch_add(1) < deaths) ::raise(SIGKILL);
    return n;
  };
  pool_.map(numbers(1000), killed_now_and_then, {.chunk = 5});
  const yoke::insights told = pool_.insights();
  EXPECT_EQ(told.items_done, 1000U);
  EXPECT_EQ(items_of(told), 1000U);
  EXPECT_EQ(told.workers_lost, deaths);
  int ended = 0;
  for (const yoke::worker_insights& one : told.workers) {
    ended += one.ended ? 1 : 0;
    for (const auto part : {one.start, one.idle, one.wait, one.work, one.stop}) EXPECT_GE(part, 0ns);
    EXPECT_LE(one.cpu() + one.run_queue_wait, one.wall());
  }
  EXPECT_GE(ended, deaths) << "an item's next attempt may want a fresh worker: then one more leaves";
}

TEST_P(insights_of_process_pool, tell_many_deaths_as_one_worker) {
  constexpr int deaths = 300;
  pool_.map(numbers(deaths), [](int n) {
    if (seen[static_cast<std::size_t>(n)].fetch_add(1) == 0) ::raise(SIGKILL);
    return n;
  });
  const yoke::insights told = pool_.insights();
  EXPECT_EQ(items_of(told), std::uint64_t{deaths});
  EXPECT_LE(told.workers.size(), 256U + pool_.workers());
  EXPECT_GE(told.total().lives, std::uint32_t{deaths});
}

TEST_P(insights_of_process_pool, count_the_time_of_an_item_that_kills_its_worker_as_work) {
  const auto crash = [](int n) {
    const auto until = std::chrono::steady_clock::now() + 20ms;
    while (std::chrono::steady_clock::now() < until) {
    }
    if (n == 0) ::raise(SIGSEGV);
    return n;
  };
  EXPECT_THROW(pool_.map(numbers(1), crash), yoke::worker_lost);
  const yoke::insights told = pool_.insights();
  ASSERT_FALSE(told.workers.empty());
  EXPECT_TRUE(told.workers.back().ended);
  EXPECT_GE(told.workers.back().work, 20ms);
  ASSERT_EQ(told.timeline.size(), 1U);
  EXPECT_EQ(told.timeline.front().done, 0U);
  EXPECT_GE(told.timeline.front().ended - told.timeline.front().began, 20ms);
}
