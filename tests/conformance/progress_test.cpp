#include "conformance.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace yoke_test;
using namespace std::chrono_literals;

using progress_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, progress_contract, every_backend, setting_name);

namespace {

int slowly(int item) {
  std::this_thread::sleep_for(3ms);
  return item;
}

}  // namespace

TEST_P(progress_contract, ends_with_all_items_done) {
  std::vector<yoke::progress_report> reports;
  pool.map(first_integers(1000), [](int item) { return item; },
           {.progress = [&](const yoke::progress_report& now) { reports.push_back(now); }});
  ASSERT_FALSE(reports.empty());
  EXPECT_TRUE(reports.back().last);
  EXPECT_EQ(reports.back().done, 1000U);
  EXPECT_EQ(reports.back().total, 1000U);
  EXPECT_EQ(reports.back().failed, 0U);
}

TEST_P(progress_contract, never_goes_back_and_says_what_remains) {
  std::vector<yoke::progress_report> reports;
  pool.map(first_integers(700), slowly,
           {.chunk = 1, .progress = [&](const yoke::progress_report& now) { reports.push_back(now); }});
  ASSERT_GE(reports.size(), 3U);
  for (std::size_t k = 1; k < reports.size(); ++k) {
    EXPECT_GE(reports[k].done, reports[k - 1].done);
    EXPECT_GT(reports[k].elapsed, reports[k - 1].elapsed);
    EXPECT_EQ(reports[k - 1].last, false);
    EXPECT_EQ(reports[k].remaining > 0ns, reports[k].done > 0 && reports[k].done < 700 && !reports[k].last);
  }
}

TEST_P(progress_contract, reports_a_call_that_fails_before_it_throws) {
  yoke::progress_report last;
  EXPECT_THROW(pool.map(first_integers(50), [](int item) { return item == 20 ? throw std::domain_error{"no"} : item; },
                        {.chunk = 1, .progress = [&](const yoke::progress_report& now) { last = now; }}),
               std::domain_error);
  EXPECT_TRUE(last.last);
  EXPECT_EQ(last.failed, 1U);
  EXPECT_GE(last.done, 20U);
}

TEST_P(progress_contract, ends_the_call_by_what_its_callback_throws) {
  const auto impatient = [](const yoke::progress_report& now) {
    if (!now.last) throw std::length_error{"too slow"};
  };
  EXPECT_THROW(pool.map(first_integers(100'000), slowly, {.chunk = 1, .progress = impatient}), std::length_error);
  EXPECT_EQ(pool.map(first_integers(3), slowly), first_integers(3)) << "the pool works on";
}

TEST_P(progress_contract, lets_its_callback_cancel_and_ask) {
  for (const bool fresh : {false, GetParam().start == yoke::start::fork}) {
    int asked = 0;
    const auto leave = [&](const yoke::progress_report& now) {
      if (now.last) return;
      static_cast<void>(pool.insights());
      ++asked;
      pool.cancel();
    };
    EXPECT_THROW(pool.map(first_integers(100'000), slowly, {.chunk = 1, .fresh = fresh, .progress = leave}),
                 yoke::cancelled);
    EXPECT_GE(asked, 1);
  }
}

TEST_P(progress_contract, does_not_let_its_callback_end_the_pool) {
  const auto joins = [&](const yoke::progress_report& /*now*/) { pool.join(); };
  EXPECT_THROW(pool.map(first_integers(10), slowly, {.progress = joins}), std::logic_error);
  EXPECT_EQ(pool.map(first_integers(3), slowly), first_integers(3)) << "the pool works on";
}

TEST_P(progress_contract, is_for_large_callables_too) {
  std::atomic<int> calls{0};
  const std::function<void(const yoke::progress_report&)> counts = [&calls](const auto&) { ++calls; };
  static_cast<void>(pool.reduce(first_integers(100), std::plus<>{}, {.progress = std::ref(counts)}));
  EXPECT_GE(calls, 1);
}

TEST_P(progress_contract, has_a_bar_that_is_silent_without_a_terminal) {
  testing::internal::CaptureStderr();
  yoke::progress_bar silent{"items"};
  pool.map(first_integers(100), [](int item) { return item; }, {.progress = silent});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}
