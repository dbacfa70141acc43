#include <yoke/yoke.hpp>

#include "support/child_process.hpp"
#include "support/host.hpp"
#include "support/shared_page.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

using namespace std::chrono_literals;
using yoke_test::child_process;

using yoke_test::branded_processes;
using yoke_test::numbers;
using yoke_test::within;

namespace {

const yoke_test::shared_page seen;
enum : std::size_t { daemon_pid, daemons, supervisor_pid };

/// Starts a process as daemons are started: an orphan, in a session of its own, with children. Returns once it runs.
void start_daemon() {
  const std::size_t before = seen[daemons];
  if (::fork() == 0) {
    ::setsid();
    if (::fork() != 0) ::_exit(0);
    if (::fork() != 0) seen[daemon_pid] = static_cast<std::size_t>(::getpid());
    ++seen[daemons];
    for (;;) ::pause();
  }
  while (seen[daemons] < before + 2) std::this_thread::yield();
}

bool daemon_lives() { return ::kill(static_cast<pid_t>(seen[daemon_pid].load()), 0) == 0; }

class descendants_of_process_tasks : public testing::Test {
 protected:
  void SetUp() override { seen.clear(); }
};

}  // namespace

TEST_F(descendants_of_process_tasks, end_soon_after_the_worker_that_a_task_crashed) {
  yoke::pool pool{{.workers = 2}};
  EXPECT_THROW(pool.map(numbers(3), [](int n) { return n == 1 ? (start_daemon(), std::abort(), n) : n; }),
               yoke::worker_lost);
  EXPECT_TRUE(within(1s, [] { return !daemon_lives(); }));
  EXPECT_TRUE(within(1s, [] { return branded_processes() == 4; })) << "guardian, supervisor and two workers";
}

TEST_F(descendants_of_process_tasks, end_soon_after_a_worker_that_was_killed_while_idle) {
  yoke::pool pool{{.workers = 1}};
  const int worker = pool.map(numbers(1), [](int) { return start_daemon(), ::getpid(); }).front();
  EXPECT_TRUE(daemon_lives()) << "its worker lives";
  ASSERT_EQ(::kill(worker, SIGKILL), 0);
  EXPECT_TRUE(within(1s, [] { return !daemon_lives(); }));
}

TEST_F(descendants_of_process_tasks, end_with_an_item_at_its_deadline) {
  yoke::pool pool{{.workers = 1}};
  const auto hang = [](int n) {
    start_daemon();
    for (;;) ::pause();
    return n;
  };
  EXPECT_THROW(pool.map(numbers(1), hang, {.deadline = 100ms}), yoke::task_timeout);
  EXPECT_TRUE(within(1s, [] { return !daemon_lives(); }));
}

TEST_F(descendants_of_process_tasks, end_with_the_pool) {
  {
    yoke::pool pool{{.workers = 2}};
    pool.map(numbers(4), [](int n) { return start_daemon(), n; }, {.chunk = 1});
  }
  EXPECT_TRUE(within(1s, [] { return branded_processes() == 0; }));
}

TEST_F(descendants_of_process_tasks, end_soon_after_the_coordinator_is_killed) {
  child_process host{[] {
    yoke::pool pool{{.workers = 2}};
    pool.map(numbers(4), [](int n) { return start_daemon(), n; });
    for (;;) ::pause();
    return 0;
  }};
  ASSERT_TRUE(within(10s, [] { return seen[daemons] >= 8; }));
  host.kill();
  EXPECT_TRUE(within(1s, [] { return branded_processes() == 0; }));
}

TEST_F(descendants_of_process_tasks, of_one_worker_outlive_the_death_of_another) {
  yoke::pool pool{{.workers = 2}};
  const int parent = pool.map(numbers(1), [](int) { return start_daemon(), ::getpid(); }).front();
  const auto slow_pid = [](int) {
    std::this_thread::sleep_for(1ms);
    return ::getpid();
  };
  for (int killed = 0; killed < 20;) {
    for (const int pid : pool.map(numbers(10), slow_pid, {.chunk = 1})) {
      if (pid != parent && ::kill(pid, SIGKILL) == 0) ++killed;
    }
    ASSERT_TRUE(daemon_lives());
  }
}

TEST_F(descendants_of_process_tasks, end_soon_after_the_supervisor_is_killed) {
  yoke::pool pool{{.workers = 2}};
  const int supervisor = pool.map(numbers(1), [](int) { return start_daemon(), ::getppid(); }).front();
  ASSERT_EQ(::kill(supervisor, SIGKILL), 0);
  EXPECT_TRUE(within(1s, [] { return !daemon_lives(); }));
  EXPECT_TRUE(within(1s, [] { return branded_processes() == 0; }));
  EXPECT_EQ(pool.map(numbers(100), [](int n) { return n; }), numbers(100));
}

TEST_F(descendants_of_process_tasks, end_soon_after_coordinator_and_supervisor_are_killed) {
  child_process host{[] {
    yoke::pool pool{{.workers = 2}};
    pool.map(numbers(1), [](int) {
      start_daemon();
      seen[supervisor_pid] = static_cast<std::size_t>(::getppid());
      return 0;
    });
    for (;;) ::pause();
    return 0;
  }};
  ASSERT_TRUE(within(10s, [] { return seen[supervisor_pid] != 0; }));
  ASSERT_EQ(::kill(static_cast<pid_t>(seen[supervisor_pid].load()), SIGKILL), 0);
  host.kill();
  EXPECT_TRUE(within(1s, [] { return branded_processes() == 0; }));
}
