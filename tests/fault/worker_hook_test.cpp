#include <yoke/yoke.hpp>

#include "support/shared_page.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

const yoke_test::shared_page page;
enum : std::size_t { started, ended, killed, signal_wanted };

std::vector<int> numbers(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

int same(int number) { return number; }

void count_start() { ++page[started]; }

class hooks_of_process_workers : public testing::TestWithParam<yoke::start> {
 protected:
  void SetUp() override { page.clear(); }

  /// loss is the error that a call of a pool with these options ends with.
  static yoke::worker_lost loss(const std::function<void()>& call) {
    try {
      call();
    } catch (const yoke::worker_lost& lost) {
      return lost;
    }
    throw std::logic_error{"no worker was lost"};
  }
};

INSTANTIATE_TEST_SUITE_P(starts, hooks_of_process_workers, testing::Values(yoke::start::fork, yoke::start::exec),
                         [](const auto& each) { return each.param == yoke::start::exec ? "exec" : "fork"; });

}  // namespace

TEST_P(hooks_of_process_workers, run_in_workers_that_take_the_place_of_others) {
  yoke::pool pool{
      {.workers = 2, .start = GetParam(), .items_per_worker = 5, .initializer = count_start, .finalizer = [] {
         return std::pair{::getpid(), ++page[ended]};
       }}};
  const auto pids = pool.map(numbers(60), [](int) { return ::getpid(); }, {.chunk = 1});
  pool.join();
  const auto results = pool.finalizer_results<std::pair<pid_t, std::size_t>>();
  EXPECT_GE(page[started], 12U);
  EXPECT_EQ(page[ended], page[started]);
  std::set<pid_t> ends;
  for (const auto& [pid, number] : results) ends.insert(pid);
  EXPECT_EQ(ends.size(), page[ended]);
  for (const pid_t pid : pids) EXPECT_TRUE(ends.contains(pid));
}

TEST_P(hooks_of_process_workers, give_results_before_the_end_of_the_pool_where_workers_end_before) {
  yoke::pool pool{
      {.workers = 1, .start = GetParam(), .items_per_worker = 1, .finalizer = [] { return std::string{"done"}; }}};
  pool.map(numbers(20), same, {.chunk = 1});
  EXPECT_GE(pool.finalizer_results<std::string>().size(), 10U);
  pool.join();
}

TEST_P(hooks_of_process_workers, begin_anew_after_a_kill_which_runs_no_finalizer) {
  yoke::pool pool{
      {.workers = 1, .start = GetParam(), .initializer = count_start, .finalizer = [] { return ++page[ended]; }}};
  for (int round = 1; round <= 5; ++round) {
    pool.map(numbers(3), [](int number) {
      if (page[killed]++ % 4 == 1) ::kill(::getpid(), SIGKILL);
      return number;
    });
  }
  pool.join();
  EXPECT_EQ(page[started], page[killed] / 4 + 1);
  EXPECT_EQ(pool.finalizer_results<std::size_t>(), std::vector<std::size_t>{1});
}

TEST_P(hooks_of_process_workers, begin_anew_after_the_death_of_the_supervisor) {
  yoke::pool pool{
      {.workers = 2, .start = GetParam(), .initializer = count_start, .finalizer = [] { return ++page[ended]; }}};
  pool.map(numbers(1), [](int number) {
    if (page[killed]++ == 0) ::kill(::getppid(), SIGKILL), ::pause();
    return number;
  });
  pool.join();
  EXPECT_GE(page[started], 3U);
  EXPECT_EQ(pool.finalizer_results<std::size_t>().size(), 2U);
}

TEST_P(hooks_of_process_workers, that_crash_at_the_start_end_the_calls_and_are_not_tried_for_ever) {
  yoke::pool pool{{.workers = 2, .start = GetParam(), .initializer = [] {
                     ++page[started];
                     std::fputs("no such model\n", stderr);
                     std::abort();
                   }}};
  const auto lost = loss([&] { pool.map(numbers(3), same); });
  EXPECT_EQ(lost.signal(), SIGABRT);
  EXPECT_EQ(lost.item(), yoke::task_failure::no_item);
  EXPECT_NE(std::string_view{lost.what()}.find("in its initializer"), std::string_view::npos) << lost.what();
  EXPECT_NE(std::string_view{lost.what()}.find("no such model"), std::string_view::npos) << lost.what();
  EXPECT_LE(page[started], 5U);
}

TEST_P(hooks_of_process_workers, that_are_killed_at_the_start_each_time_are_not_tried_for_ever) {
  for (const int signal : {SIGKILL, SIGTERM}) {
    page[signal_wanted] = static_cast<std::size_t>(signal);
    yoke::pool pool{{.workers = 2, .start = GetParam(), .initializer = [] {
                       ++page[started];
                       std::this_thread::sleep_for(110ms);  // as one that takes its time to fill the memory
                       ::raise(static_cast<int>(page[signal_wanted].load()));
                     }}};
    const auto lost = loss([&] { pool.map(numbers(3), same); });
    EXPECT_EQ(lost.signal(), signal);
    EXPECT_NE(std::string_view{lost.what()}.find("in its initializer"), std::string_view::npos) << lost.what();
  }
}

TEST_P(hooks_of_process_workers, that_are_killed_a_few_times_at_the_start_are_tried_again) {
  yoke::pool pool{{.workers = 1, .start = GetParam(), .initializer = [] {
                     if (++page[started] <= 6) ::raise(SIGKILL);
                   }}};
  EXPECT_EQ(pool.map(numbers(3), same), numbers(3));
  EXPECT_EQ(page[started], 7U);
}

TEST_P(hooks_of_process_workers, that_hang_at_the_start_are_ended_at_their_deadline) {
  yoke::pool pool{{.workers = 1, .start = GetParam(), .initializer = [] { ::pause(); }, .initializer_deadline = 30ms}};
  const auto lost = loss([&] { pool.map(numbers(3), same); });
  EXPECT_NE(std::string_view{lost.what()}.find("initializer_deadline"), std::string_view::npos) << lost.what();
}

TEST_P(hooks_of_process_workers, may_take_longer_than_a_deadline_that_is_over_when_they_return) {
  yoke::pool pool{{.workers = 1, .start = GetParam(), .initializer = [] {}, .initializer_deadline = 30ms}};
  EXPECT_EQ(pool.map(numbers(1),
                     [](int number) {
                       std::this_thread::sleep_for(60ms);
                       return number;
                     }),
            numbers(1));
}

TEST_P(hooks_of_process_workers, that_crash_at_the_end_are_told_of_and_cost_no_other_result) {
  yoke::pool pool{{.workers = 3, .start = GetParam(), .finalizer = [] {
                     if (page[ended]++ == 0) ::raise(SIGSEGV);
                     return 5;
                   }}};
  pool.map(numbers(10), same);
  pool.join();
  const auto lost = loss([&] { pool.finalizer_results<int>(); });
  EXPECT_EQ(lost.signal(), SIGSEGV);
  EXPECT_EQ(lost.item(), yoke::task_failure::no_item);
  EXPECT_NE(std::string_view{lost.what()}.find("in its finalizer"), std::string_view::npos) << lost.what();
  EXPECT_EQ(pool.finalizer_results<int>(), (std::vector{5, 5}));
}

TEST_P(hooks_of_process_workers, that_hang_at_the_end_are_ended_at_their_deadline) {
  yoke::pool pool{{.workers = 2,
                   .start = GetParam(),
                   .finalizer =
                       [] {
                         if (page[ended]++ > 0) return 5;

                         for (;;) ::pause();
                       },
                   .finalizer_deadline = 50ms}};
  pool.map(numbers(10), [](int number) {
    std::signal(SIGALRM, SIG_IGN);
    return number;
  });
  pool.join();
  const auto lost = loss([&] { pool.finalizer_results<int>(); });
  EXPECT_NE(std::string_view{lost.what()}.find("finalizer_deadline"), std::string_view::npos) << lost.what();
  EXPECT_EQ(pool.finalizer_results<int>(), std::vector{5});
}

TEST_P(hooks_of_process_workers, are_replaced_where_they_hang_at_the_end_in_the_course_of_a_call) {
  yoke::pool pool{{.workers = 1,
                   .start = GetParam(),
                   .items_per_worker = 1,
                   .finalizer =
                       [] {
                         if (page[ended]++ == 0) ::pause();
                       },
                   .finalizer_deadline = 50ms}};
  EXPECT_EQ(pool.map(numbers(5), same, {.chunk = 1}), numbers(5));
}

TEST_P(hooks_of_process_workers, may_return_much) {
  constexpr std::size_t much = std::size_t{48} << 20;
  yoke::pool pool{{.workers = 2, .start = GetParam(), .finalizer = [] { return std::vector<char>(much, 'x'); }}};
  pool.map(numbers(10), same);
  pool.join();
  const auto results = pool.finalizer_results<std::vector<char>>();
  ASSERT_EQ(results.size(), 2U);
  for (const auto& result : results) {
    EXPECT_EQ(result.size(), much);
    EXPECT_EQ(std::ranges::count(result, 'x'), static_cast<std::ptrdiff_t>(much));
  }
}

TEST_P(hooks_of_process_workers, may_capture_plain_values_and_be_functions) {
  yoke::pool pool{{.workers = 1, .start = GetParam(), .initializer = &count_start, .finalizer = [factor = 6] {
                     return 7 * factor;
                   }}};
  pool.join();
  EXPECT_EQ(page[started], 1U);
  EXPECT_EQ(pool.finalizer_results<int>(), std::vector{42});
}

TEST(hooks_of_process_workers, capture_anything_where_workers_are_forked_and_are_refused_elsewhere) {
  const std::string text(100, 't');
  const auto by_value = [text] { return text; };
  const auto by_reference = [&text] { return text; };
  for (const yoke::worker_finalizer& finalizer : {yoke::worker_finalizer{by_value}, {by_reference}}) {
    yoke::pool pool{{.workers = 1, .finalizer = finalizer}};
    pool.join();
    EXPECT_EQ(pool.finalizer_results<std::string>(), std::vector{text});
    EXPECT_THROW((yoke::pool{{.workers = 1, .start = yoke::start::exec, .finalizer = finalizer}}), yoke::capture_error);
    EXPECT_THROW((yoke::pool{{.workers = 1, .start = yoke::start::exec, .initializer = by_reference}}),
                 yoke::capture_error);
  }
}

TEST(hooks_of_process_workers, run_in_processes_forked_for_a_call_too) {
  page.clear();
  yoke::pool pool{{.workers = 1, .initializer = count_start, .finalizer = [] { return ++page[ended]; }}};
  pool.map(numbers(3), same, yoke::fresh);
  const int failing = 1;
  EXPECT_THROW(pool.map(numbers(1),
                        [&failing](int number) -> int { throw std::runtime_error(std::to_string(number + failing)); }),
               std::runtime_error);
  pool.join();
  EXPECT_EQ(page[started], 3U);
  EXPECT_EQ(pool.finalizer_results<std::size_t>().size(), 3U);
}

TEST(hooks_of_process_workers, leave_no_worker_behind_where_they_start_threads) {
  page.clear();
  yoke::pool pool{{.workers = 1, .finalizer = [] {
                     static std::thread* const left = new std::thread{[] { ::pause(); }};
                     return left->joinable();
                   }}};
  pool.map(numbers(3), same);
  pool.join();
  EXPECT_EQ(pool.finalizer_results<bool>(), std::vector{true});
}
