#include "conformance.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace yoke_test;
using namespace std::chrono_literals;

namespace {

/// spin keeps a CPU busy.
double spin(int rounds) {
  double sum = 0;
  for (int round = 1; round <= rounds; ++round) sum += 1.0 / round;
  return sum;
}

std::uint64_t items_of(const std::vector<yoke::worker_insights>& workers) {
  return std::accumulate(workers.begin(), workers.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& one) { return sum + one.items; });
}

class insights_contract : public without_pool {
 protected:
  [[nodiscard]] static yoke::pool_options watched(yoke::insights_level level = yoke::insights_level::counters) {
    yoke::pool_options wanted = options();
    wanted.insights = level;
    return wanted;
  }
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(backends, insights_contract, every_backend, setting_name);

TEST_P(insights_contract, count_each_item_once_whatever_the_chunks) {
  yoke::pool pool{watched()};
  for (const int chunk : {1, 7, 1000}) pool.map(first_integers(500), [](int item) { return item; }, {.chunk = chunk});
  static_cast<void>(pool.reduce(first_integers(500), std::plus<>{}));
  const yoke::insights seen = pool.insights();
  EXPECT_EQ(seen.calls, 4);
  EXPECT_EQ(seen.items_done, 2000);
  EXPECT_EQ(items_of(seen.workers), 2000);
  EXPECT_EQ(seen.items_failed, 0);
}

TEST_P(insights_contract, parts_of_each_worker_are_its_wall_time) {
  yoke::pool pool{watched()};
  pool.map(first_integers(200), [](int) { return spin(20'000); }, {.chunk = 1});
  const yoke::insights seen = pool.insights();
  ASSERT_EQ(seen.workers.size(), pool.workers());
  for (const yoke::worker_insights& one : seen.workers) {
    for (const auto part : {one.start, one.idle, one.wait, one.work, one.stop}) EXPECT_GE(part, 0ns);
    EXPECT_LE(one.wall(), seen.wall + 10s) << "processes are born a little before counting begins";
    EXPECT_GT(one.wall(), 0ns);
    EXPECT_EQ(one.stop, 0ns);
    EXPECT_EQ(one.lives, 1U);
    EXPECT_FALSE(one.ended);
  }
  EXPECT_GT(seen.total().work, 0ns);
}

TEST_P(insights_contract, say_what_the_processor_did) {
  yoke::pool pool{watched()};
  pool.map(first_integers(50), [](int) { return spin(200'000); }, {.chunk = 1});
  const yoke::worker_insights all = pool.insights().total();
  EXPECT_GT(all.cpu(), all.work / 100) << "spinning takes CPU time";
  EXPECT_LE(all.cpu(), all.wall());
  EXPECT_GT(all.peak_memory, std::uint64_t{64} << 10);
}

TEST_P(insights_contract, count_the_bytes_that_were_copied) {
  yoke::pool pool{watched()};
  const std::vector<std::string> items(100, std::string(1000, 'x'));
  pool.map(items, [](const std::string& text) { return text + text; });
  const yoke::insights seen = pool.insights();
  if (pool.describe().shares_memory) {
    EXPECT_EQ(seen.bytes_in, 0U);
  } else {
    EXPECT_GE(seen.bytes_in, 100'000U);
    EXPECT_LT(seen.bytes_in, 110'000U);
    EXPECT_GE(seen.bytes_out, 200'000U);
    EXPECT_LT(seen.bytes_out, 220'000U);
  }
  const yoke::shared_array<int> shared{pool, first_integers(1000)};
  pool.reset_insights();
  static_cast<void>(pool.reduce(shared, std::plus<>{}));
  EXPECT_EQ(pool.insights().bytes_in, 0U) << "workers read it where it is";
}

TEST_P(insights_contract, begin_anew_when_reset) {
  yoke::pool pool{watched()};
  pool.map(first_integers(100), [](int) { return spin(1000); });
  pool.reset_insights();
  pool.map(first_integers(30), [](int) { return spin(1000); });
  const yoke::insights seen = pool.insights();
  EXPECT_EQ(seen.calls, 1);
  EXPECT_EQ(seen.items_done, 30);
  EXPECT_EQ(items_of(seen.workers), 30);
  for (const yoke::worker_insights& one : seen.workers) EXPECT_LE(one.wall(), seen.wall);
}

TEST_P(insights_contract, are_totals_only_when_they_are_off) {
  yoke::pool pool{options()};
  pool.map(first_integers(100), [](int item) { return item; });
  const yoke::insights seen = pool.insights();
  EXPECT_EQ(seen.items_done, 100);
  EXPECT_EQ(seen.calls, 1);
  EXPECT_TRUE(seen.workers.empty());
  EXPECT_TRUE(seen.timeline.empty());
}

TEST_P(insights_contract, stay_when_the_pool_has_ended) {
  yoke::pool pool{watched()};
  pool.map(first_integers(100), [](int item) { return item; });
  pool.join();
  const yoke::insights seen = pool.insights();
  EXPECT_EQ(items_of(seen.workers), 100);
  for (const yoke::worker_insights& one : seen.workers) EXPECT_TRUE(one.ended);
}

TEST_P(insights_contract, name_the_slowest_items) {
  yoke::pool pool{watched(yoke::insights_level::items)};
  const auto slow_at = [](int item) {
    if (item == 77 || item == 140) std::this_thread::sleep_for(30ms);
    return item;
  };
  pool.map(first_integers(200), slow_at, {.chunk = 50});
  const std::vector<yoke::item_insight> slowest = pool.insights().slowest;
  ASSERT_GE(slowest.size(), 2U);
  EXPECT_LE(slowest.size(), 10U);
  EXPECT_TRUE(std::ranges::is_sorted(slowest, std::greater{}, &yoke::item_insight::took));
  for (const std::uint64_t item : {77U, 140U}) {  // others may be as slow, where they were not given a CPU
    const auto found = std::ranges::find(slowest, item, &yoke::item_insight::item);
    ASSERT_NE(found, slowest.end()) << item;
    EXPECT_GE(found->took, 30ms);
    EXPECT_EQ(found->call, 1U);
  }
}

TEST_P(insights_contract, of_a_call_with_errors_count_what_was_delivered) {
  yoke::pool pool{watched()};
  const auto picky = [](int item) { return item == 60 ? throw std::out_of_range{"sixty"} : item; };
  EXPECT_THROW(pool.map(first_integers(100), picky, {.chunk = 5}), std::out_of_range);
  const yoke::insights seen = pool.insights();
  EXPECT_GE(seen.items_done, 60);
  EXPECT_EQ(items_of(seen.workers), seen.items_done);
  EXPECT_EQ(seen.items_failed, 1);
}

TEST_P(insights_contract, have_a_span_for_each_chunk) {
  yoke::pool pool{watched(yoke::insights_level::timeline)};
  pool.map(first_integers(100), [](int item) { return item; }, {.chunk = 10});
  const yoke::insights seen = pool.insights();
  ASSERT_EQ(seen.timeline.size(), 10U);
  std::uint64_t items = 0;
  for (const yoke::chunk_span& span : seen.timeline) {
    EXPECT_EQ(span.call, 1U);
    EXPECT_EQ(span.done, span.count);
    EXPECT_GE(span.began, seen.began);
    EXPECT_GE(span.ended, span.began);
    items += span.count;
  }
  EXPECT_EQ(items, 100U);
  EXPECT_EQ(seen.left_out, 0U);
}

using insights_of_captures = insights_contract;
INSTANTIATE_TEST_SUITE_P(backends, insights_of_captures, every_backend_that_sees_captures, setting_name);

TEST_P(insights_of_captures, count_items_of_workers_made_for_the_call) {
  yoke::pool pool{watched(yoke::insights_level::timeline)};
  const std::vector<int> offsets{1, 2, 3};
  pool.map(first_integers(100), [&](int item) { return item + offsets[0]; }, {.chunk = 10});
  pool.map(first_integers(100), [](int item) { return item; }, {.chunk = 10});
  const yoke::insights seen = pool.insights();
  EXPECT_EQ(seen.calls, 2U);
  EXPECT_EQ(seen.items_done, 200U);
  EXPECT_EQ(items_of(seen.workers), 200U);
  EXPECT_EQ(seen.timeline.size(), 20U);
}
