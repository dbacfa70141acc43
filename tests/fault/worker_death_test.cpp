#include <yoke/yoke.hpp>

#include "support/shared_page.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace {

const yoke_test::shared_page seen;
enum : std::size_t { killed, pid_of_worker, runs_of_first_item, items_before_last_attempt };

/// Kills the calling worker, once in the test's life.
void die_once(int signal) {
  if (seen[killed].fetch_add(1) == 0) ::raise(signal);
}

class worker_death : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { seen.clear(); }

  std::vector<int> numbers(int count) {
    std::vector<int> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    return all;
  }

  yoke::pool pool_{{.workers = GetParam()}};
};

class crash_class : public testing::TestWithParam<std::pair<const char*, void (*)()>> {};

// The write and the way out keep the compiler from seeing what this is.
[[gnu::noinline]] int overflow(int depth) {
  volatile char room[4096];
  room[0] = static_cast<char>(depth);
  return depth < 0 ? 0 : overflow(depth + 1) + room[0];
}

}  // namespace

TEST_P(worker_death, by_sigkill_in_the_middle_of_a_map_changes_nothing_in_the_answer) {
  const auto squares = pool_.map(numbers(1000), [](int n) {
    if (n == 500) die_once(SIGKILL);
    return n * n;
  });
  ASSERT_EQ(squares.size(), 1000U);
  for (int n = 0; n < 1000; ++n) ASSERT_EQ(squares[static_cast<std::size_t>(n)], n * n);
  EXPECT_EQ(seen[killed].load(), 2U) << "the item was run once more, and only that item";
}

TEST_P(worker_death, by_sigkill_leaves_results_of_variable_size_whole) {
  const auto texts = pool_.map(numbers(300), [](int n) {
    if (n == 150) die_once(SIGKILL);
    return std::string(static_cast<std::size_t>(n) * 37, static_cast<char>('a' + n % 26));
  });
  for (std::size_t n = 0; n < texts.size(); ++n) {
    ASSERT_EQ(texts[n], std::string(n * 37, static_cast<char>('a' + n % 26)));
  }
}

TEST_P(worker_death, in_a_reduction_changes_no_bit_of_the_sum) {
  std::vector<double> terms(10'000);
  for (std::size_t n = 0; n < terms.size(); ++n) terms[n] = 1.0 / static_cast<double>(n + 1);
  const auto expected = yoke::pool{yoke::backend::serial}.reduce(terms, std::plus<>{});
  const auto sum = pool_.reduce(terms, [](double a, double b) {
    if (b < 0.0002) die_once(SIGKILL);
    return a + b;
  });
  EXPECT_EQ(sum, expected);
}

TEST_P(worker_death, while_idle_fails_nothing_and_the_pool_is_back_to_size) {
  const auto pids = pool_.map(numbers(50), [](int) { return ::getpid(); });
  for (int round = 0; round < 5; ++round) {
    const auto victims = pool_.map(numbers(1), [](int) { return ::getpid(); });
    ASSERT_EQ(::kill(victims.front(), SIGKILL), 0);
    EXPECT_EQ(pool_.map(numbers(100), [](int n) { return n + 1; }).back(), 100);
  }
  EXPECT_EQ(pool_.workers(), static_cast<std::size_t>(GetParam()));
}

TEST_P(worker_death, under_rerun_never_fails_the_item_and_names_pid_and_signal) {
  try {
    pool_.for_each(numbers(10), [](int n) {
      if (n != 4) return;
      seen[pid_of_worker] = static_cast<std::size_t>(::getpid());
      die_once(SIGKILL);
    });
    FAIL() << "for_each promises not to run a body twice";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_EQ(lost.item(), 4U);
    EXPECT_EQ(lost.signal(), SIGKILL);
    EXPECT_EQ(static_cast<std::size_t>(lost.worker()), seen[pid_of_worker].load());
    EXPECT_NE(std::string{lost.what()}.find("SIGKILL"), std::string::npos);
  }
  EXPECT_EQ(seen[killed].load(), 1U);
  EXPECT_EQ(pool_.map(numbers(3), [](int n) { return n; }), numbers(3));
}

TEST_P(worker_death, of_every_worker_at_once_loses_nothing) {
  for (int round = 0; round < 20; ++round) {
    const auto same = pool_.map(numbers(200),
                                [](int n) {
                                  if (n % 50 == 7 && seen[64 + static_cast<std::size_t>(n)].fetch_add(1) == 0)
                                    ::raise(SIGKILL);
                                  return n;
                                },
                                {.chunk = 5});
    ASSERT_EQ(same, numbers(200));
    seen.clear();
  }
}

TEST_P(worker_death, by_its_own_task_a_hundred_times_keeps_the_pool_whole) {
  for (int round = 0; round < 100; ++round) {
    EXPECT_THROW(pool_.map(numbers(4), [](int n) { return n == 2 ? (std::abort(), 0) : n; }), yoke::worker_lost);
  }
  EXPECT_EQ(pool_.map(numbers(100), [](int n) { return n; }), numbers(100));
}

TEST_P(worker_death, in_call_after_call_of_one_item_never_breaks_the_pool) {
  for (int round = 0; round < 200; ++round) {
    EXPECT_THROW(pool_.map(numbers(1), [](int n) { return std::abort(), n; }), yoke::worker_lost);
  }
  EXPECT_EQ(pool_.map(numbers(3), [](int n) { return n; }), numbers(3));
}

TEST_P(worker_death, in_all_of_many_attempts_fails_the_item_and_not_the_pool) {
  try {
    pool_.map(numbers(3), [](int n) { return n == 1 ? (std::abort(), 0) : n; }, {.chunk = 1, .attempts = 64});
    FAIL() << "the crashes went unnoticed";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_EQ(lost.attempts(), 64);
  }
  EXPECT_EQ(pool_.map(numbers(3), [](int n) { return n; }), numbers(3));
  EXPECT_THROW(pool_.map(numbers(1), [](int n) { return n; }, {.attempts = 65}), std::invalid_argument);
}

TEST_P(worker_death, of_a_hundred_idle_workers_at_once_breaks_nothing) {
  yoke::pool many{{.workers = 100}};
  std::set<int> pids;
  const auto settled = std::chrono::steady_clock::now() + std::chrono::milliseconds{150};
  while (pids.size() < 60 || std::chrono::steady_clock::now() < settled) {
    for (const int pid : many.map(numbers(400), [](int) { return ::usleep(500), ::getpid(); }, {.chunk = 1})) {
      pids.insert(pid);
    }
  }
  for (const int pid : pids) ::kill(pid, SIGKILL);
  for (int round = 0; round < 10; ++round) EXPECT_EQ(many.map(numbers(200), [](int n) { return n; }), numbers(200));
}

TEST_P(worker_death, twice_is_survived_by_an_item_with_three_attempts) {
  const auto fine = pool_.map(numbers(20),
                              [](int n) {
                                if (n == 11 && seen[runs_of_first_item].fetch_add(1) < 2) std::abort();
                                return n;
                              },
                              {.attempts = 3});
  EXPECT_EQ(fine, numbers(20));
  EXPECT_EQ(seen[runs_of_first_item].load(), 3U);
}

TEST_P(worker_death, from_outside_a_hundred_times_quarantines_nobody) {
  const auto fine = pool_.map(numbers(400),
                              [](int n) {
                                if (n % 4 == 1 && seen[64 + static_cast<std::size_t>(n)].fetch_add(1) == 0)
                                  ::raise(n % 8 == 1 ? SIGKILL : SIGTERM);
                                return n;
                              },
                              {.chunk = 3});
  EXPECT_EQ(fine, numbers(400));
}

TEST_P(worker_death, from_outside_twenty_times_does_not_fail_one_item) {
  const auto fine = pool_.map(numbers(40), [](int n) {
    if (n == 11 && seen[runs_of_first_item].fetch_add(1) < 20) ::raise(SIGKILL);
    return n;
  });
  EXPECT_EQ(fine, numbers(40));
  EXPECT_EQ(seen[runs_of_first_item].load(), 21U);
}

TEST_P(worker_death, twice_gives_the_last_attempt_a_fresh_worker_to_itself) {
  pool_.map(numbers(200),
            [](int n) {
              static int items_before = 0;
              if (n == 11) {
                const std::size_t run = seen[runs_of_first_item].fetch_add(1);
                if (run < 2) std::abort();
                seen[items_before_last_attempt] = static_cast<std::size_t>(items_before);
              }
              return ++items_before;
            },
            {.chunk = 4, .attempts = 3});
  EXPECT_EQ(seen[runs_of_first_item].load(), 3U);
  EXPECT_EQ(seen[items_before_last_attempt].load(), 0U);
}

TEST_P(worker_death, fails_an_item_that_always_crashes_after_its_attempts) {
  try {
    pool_.map(numbers(20), [](int n) { return n == 11 ? (++seen[runs_of_first_item], std::abort(), 0) : n; },
              {.attempts = 3});
    FAIL() << "the crash went unnoticed";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_EQ(lost.item(), 11U);
    EXPECT_EQ(lost.attempts(), 3);
  }
  EXPECT_EQ(seen[runs_of_first_item].load(), 3U);
}

INSTANTIATE_TEST_SUITE_P(workers, worker_death, testing::Values(1, 2, 7),
                         [](const auto& each) { return "of_" + std::to_string(each.param); });

TEST_P(crash_class, is_worker_lost_and_says_how) {
  const auto& [expected, crash] = GetParam();
  yoke::pool pool{{.workers = 2}};
  const auto task = [crash = crash](int n) {
    if (n == 1) crash();
    return n;
  };
  try {
    pool.map(std::vector{0, 1, 2}, task);
    FAIL() << "a crash was taken for success";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_EQ(lost.item(), 1U);
    EXPECT_NE(std::string{lost.what()}.find(expected), std::string::npos) << lost.what();
  }
  EXPECT_EQ(pool.map(std::vector{5}, [](int n) { return n; }), std::vector{5});
}

INSTANTIATE_TEST_SUITE_P(
    of_a_task, crash_class,
    testing::Values(std::pair{"SIGSEGV", +[] { ::raise(SIGSEGV); }}, std::pair{"SIGSEGV", +[] { overflow(0); }},
                    std::pair{"SIGABRT", +[] { std::abort(); }}, std::pair{"SIGFPE", +[] { ::raise(SIGFPE); }},
                    std::pair{"SIGBUS", +[] { ::raise(SIGBUS); }}, std::pair{"SIGILL", +[] { ::raise(SIGILL); }},
                    std::pair{"exit 0", +[] { ::_exit(0); }}, std::pair{"exit 42", +[] { ::_exit(42); }},
                    std::pair{"exit 3", +[] { std::quick_exit(3); }}));
