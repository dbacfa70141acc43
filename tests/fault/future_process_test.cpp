#include "support/child_process.hpp"
#include "support/host.hpp"
#include "support/shared_page.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace yoke_test;

namespace {

const shared_page seen;
enum : std::size_t { started, killed };

int pid_of_worker() { return ::getpid(); }

int hangs(int item) {
  ++seen[started];
  for (;;) std::this_thread::sleep_for(1s);
  return item;
}

int dies_by(int signal) {
  ++seen[started];
  ::raise(signal);
  return signal;
}

int dies_once_by(int signal) {
  if (seen[killed].fetch_add(1) == 0) ::raise(signal);
  return signal;
}

int slow(int item) {
  std::this_thread::sleep_for(20ms);
  return item;
}

void await_start(std::uint64_t tasks = 1) {
  while (seen[started] < tasks) std::this_thread::sleep_for(1ms);
}

class future_of_process_pool : public testing::Test {
 protected:
  void SetUp() override { seen.clear(); }

  yoke::pool pool_{{.workers = 2}};
};

}  // namespace

TEST_F(future_of_process_pool, cancels_a_running_task_and_replaces_its_worker) {
  yoke::pool alone{{.workers = 1}};
  const int before = alone.submit(pid_of_worker).get();
  auto hanging = alone.submit(hangs, 1);
  await_start();
  EXPECT_TRUE(hanging.cancel());
  EXPECT_TRUE(hanging.ready());
  EXPECT_FALSE(hanging.cancel());
  EXPECT_THROW(hanging.get(), yoke::cancelled);
  EXPECT_NE(alone.submit(pid_of_worker).get(), before);
}

TEST_F(future_of_process_pool, cancels_the_task_it_is_asked_to_and_no_other) {
  // Short tasks share a chunk with the one that is cancelled, before it and behind it.
  const auto hangs_at = [](int item) { return item == 500 ? hangs(item) : item; };
  for (int item = 0; item < 400; ++item) pool_.submit(hangs_at, item).get();
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 1000; ++item) futures.push_back(pool_.submit(hangs_at, item));
  while (seen[started] == 0) futures[0].wait_for(1ms), pool_.poll();
  EXPECT_TRUE(futures[500].cancel());
  for (int item = 0; item < 1000; ++item) {
    auto& future = futures[static_cast<std::size_t>(item)];
    if (item == 500) {
      EXPECT_THROW(future.get(), yoke::cancelled);
    } else {
      EXPECT_EQ(future.get(), item);
    }
  }
}

TEST_F(future_of_process_pool, may_be_cancelled_before_its_pool_ends) {
  auto hanging = pool_.submit(hangs, 1);
  await_start();
  EXPECT_TRUE(hanging.cancel());
  pool_.join();
  EXPECT_THROW(hanging.get(), yoke::cancelled);
}

TEST_F(future_of_process_pool, fails_with_the_signal_of_a_crash_and_alone) {
  const auto crashes_at = [](int item) { return item == 700 ? dies_by(SIGSEGV) : item; };
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 2000; ++item) futures.push_back(pool_.submit(crashes_at, item));
  for (int item = 0; item < 2000; ++item) {
    auto& future = futures[static_cast<std::size_t>(item)];
    if (item != 700) {
      ASSERT_EQ(future.get(), item);
      continue;
    }
    try {
      future.get();
      ADD_FAILURE() << "it did not throw";
    } catch (const yoke::worker_lost& lost) {
      EXPECT_EQ(lost.signal(), SIGSEGV);
      EXPECT_EQ(lost.item(), 0U);
      EXPECT_EQ(lost.attempts(), 1);
    }
  }
  EXPECT_EQ(seen[started], 1U) << "a task is run once, unless it was said otherwise";
}

TEST_F(future_of_process_pool, is_not_run_again_when_its_worker_is_killed_from_outside) {
  auto killed_one = pool_.submit(dies_by, SIGKILL);
  try {
    killed_one.get();
    ADD_FAILURE() << "it did not throw";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_EQ(lost.signal(), SIGKILL);
    EXPECT_GT(lost.pid(), 0);
  }
  EXPECT_EQ(seen[started], 1U);
}

TEST_F(future_of_process_pool, is_run_again_where_that_is_allowed) {
  EXPECT_EQ(pool_.submit({.rerun = yoke::rerun::external}, dies_once_by, SIGKILL).get(), SIGKILL);
  EXPECT_EQ(seen[killed], 2U);
  seen.clear();
  EXPECT_EQ(pool_.submit({.attempts = 2}, dies_once_by, SIGABRT).get(), SIGABRT);
  EXPECT_EQ(seen[killed], 2U);
}

TEST_F(future_of_process_pool, is_given_up_after_its_last_attempt) {
  try {
    pool_.submit({.attempts = 3}, dies_by, SIGABRT).get();
    ADD_FAILURE() << "it did not throw";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_EQ(lost.attempts(), 3);
  }
  EXPECT_EQ(seen[started], 3U);
}

TEST_F(future_of_process_pool, says_when_its_task_exited) {
  try {
    pool_
        .submit(
            [](int status) {
              ::_exit(status);
              return status;
            },
            42)
        .get();
    ADD_FAILURE() << "it did not throw";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_EQ(lost.exit_status(), 42);
  }
}

TEST_F(future_of_process_pool, times_out_at_its_own_deadline) {
  auto late = pool_.submit({.deadline = 50ms}, hangs, 1);
  auto unhurried = pool_.submit(slow, 2);
  EXPECT_THROW(late.get(), yoke::task_timeout);
  EXPECT_EQ(unhurried.get(), 2);
}

TEST_F(future_of_process_pool, survives_deaths_of_idle_workers) {
  for (int round = 0; round < 5; ++round) {
    const int worker = pool_.submit(pid_of_worker).get();
    ::kill(worker, SIGKILL);
    EXPECT_NE(pool_.submit(pid_of_worker).get(), 0);
  }
}

TEST_F(future_of_process_pool, keeps_what_was_finished_when_workers_die_between_tasks) {
  // A task that kills its worker's neighbours now and then, and returns.
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 20'000; ++item) {
    futures.push_back(pool_.submit(
        {.rerun = yoke::rerun::external}, [](int each) { return 3 * each; }, item));
    if (item % 2000 == 999) ::kill(pool_.submit(pid_of_worker).get(), SIGKILL);
  }
  for (int item = 0; item < 20'000; ++item) ASSERT_EQ(futures[static_cast<std::size_t>(item)].get(), 3 * item);
}

TEST_F(future_of_process_pool, is_refused_in_a_forked_copy) {
  auto pending = pool_.submit(slow, 3);
  child_process copy{[&] {
    int right = 0;
    const auto refused = [&](auto call) {
      try {
        call();
      } catch (const yoke::forked_copy&) {
        ++right;
      }
    };
    refused([&] { static_cast<void>(pool_.submit(slow, 1)); });
    refused([&] { pending.wait(); });
    refused([&] { pending.cancel(); });
    refused([&] { pool_.poll(); });
    return right;
  }};
  EXPECT_EQ(copy.wait(), 4);
  EXPECT_EQ(pending.get(), 3);
}

TEST_F(future_of_process_pool, has_an_error_soon_after_stop_however_long_its_task_is) {
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 100; ++item) futures.push_back(pool_.submit(hangs, item));
  await_start(2);
  pool_.stop();
  for (auto& future : futures) EXPECT_THROW(future.get(), yoke::pool_shut_down);
}

TEST_F(future_of_process_pool, has_an_error_when_the_time_of_join_for_is_over) {
  auto done = pool_.submit(slow, 1);
  auto hanging = pool_.submit(hangs, 2);
  EXPECT_FALSE(pool_.join_for(200ms));
  EXPECT_EQ(done.get(), 1);
  EXPECT_THROW(hanging.get(), yoke::pool_shut_down);
}
