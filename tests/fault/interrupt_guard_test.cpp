#include <yoke/interrupt_guard.hpp>

#include "support/child_process.hpp"
#include "support/host.hpp"
#include "support/shared_page.hpp"

#include <csignal>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace yoke_test;

namespace {

const shared_page seen;
enum : std::size_t { started, finished, released, heeded, ready };

int wait_for_release(int n) {
  ++seen[started];
  while (seen[released] == 0) std::this_thread::sleep_for(1ms);
  ++seen[finished];
  return n;
}

/// The host of these tests: a session and a process group of its own, as a shell's job has.
template <class Body>
child_process in_own_session(Body body) {
  return child_process{[body] {
    ::setsid();
    return body();
  }};
}

void interrupt_group(const child_process& host) { ASSERT_EQ(::kill(-host.pid(), SIGINT), 0); }

/// heed tells the test when the guard has seen the first SIGINT.
std::thread heed() {
  return std::thread{[] {
    within(20s, [] { return yoke::interrupt_guard::interrupted(); });
    seen[heeded] = 1;
  }};
}

class interrupt_guard_of : public testing::TestWithParam<yoke::backend> {
 protected:
  void SetUp() override { seen.clear(); }
};

class interrupt_guard : public testing::Test {
 protected:
  void SetUp() override { seen.clear(); }
};

/// run_until_interrupted is a program as the documentation has it. 1 and up: something went wrong.
int run_until_interrupted(yoke::backend kind) {
  yoke::pool pool{{.backend = kind, .workers = 2}};
  const yoke::interrupt_guard guard{pool};
  std::thread tells = heed();
  int status = 1;
  try {
    pool.map(numbers(10'000), wait_for_release, {.chunk = 1});
  } catch (const yoke::cancelled&) {
    status = yoke::interrupt_guard::exit_status;
  }
  tells.join();
  return status;
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(pools, interrupt_guard_of,
                         testing::Values(yoke::backend::processes, yoke::backend::threads, yoke::backend::serial),
                         [](const auto& kind) { return std::string{to_string(kind.param)}; });

TEST_P(interrupt_guard_of, finishes_what_runs_and_drops_the_rest_at_the_first_ctrl_c) {
  child_process host = in_own_session([] { return run_until_interrupted(GetParam()); });
  const std::size_t workers = GetParam() == yoke::backend::serial ? 1 : 2;
  ASSERT_TRUE(within(10s, [&] { return seen[started] == workers; }));
  interrupt_group(host);
  ASSERT_TRUE(within(10s, [] { return seen[heeded] == 1; }));
  std::this_thread::yield();
  seen[released] = 1;
  EXPECT_EQ(host.wait(), 130);
  EXPECT_EQ(seen[finished].load(), seen[started].load()) << "what had begun came to its end";
  EXPECT_LT(seen[started], 100U);
  EXPECT_TRUE(within(1s, [] { return branded_processes() == 0; }));
}

TEST_P(interrupt_guard_of, ends_the_program_and_its_workers_at_the_second_ctrl_c) {
  child_process host = in_own_session([] { return run_until_interrupted(GetParam()); });
  ASSERT_TRUE(within(10s, [] { return seen[started] > 0; }));
  interrupt_group(host);
  ASSERT_TRUE(within(10s, [] { return seen[heeded] == 1; }));
  interrupt_group(host);
  EXPECT_EQ(host.wait(), -SIGINT);
  EXPECT_TRUE(within(1s, [] { return branded_processes() == 0; }));
}

TEST_F(interrupt_guard, hears_ctrl_c_from_a_terminal) {
  int terminal = -1;
  const pid_t host = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  ASSERT_GE(host, 0);
  if (host == 0) ::_exit(run_until_interrupted(yoke::backend::processes));
  const bool began = within(10s, [] { return seen[started] == 2; });
  constexpr char ctrl_c = 3;
  const bool typed = ::write(terminal, &ctrl_c, 1) == 1;
  const bool heard = within(10s, [] { return seen[heeded] == 1; });
  seen[released] = 1;
  if (!began || !typed || !heard) ::kill(host, SIGKILL);
  int status = 0;
  ASSERT_EQ(::waitpid(host, &status, 0), host);
  ::close(terminal);
  EXPECT_TRUE(began && typed && heard);
  EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), 130);
}

TEST_F(interrupt_guard, lets_no_worker_die_of_ctrl_c) {
  child_process host = in_own_session([] {
    yoke::pool pool{{.workers = 1}};
    const int worker = pool.map(numbers(1), [](int) { return ::getpid(); }).front();
    {
      const yoke::interrupt_guard guard{pool};
      ::kill(0, SIGINT);
      ::kill(worker, SIGINT);
      try {
        pool.map(numbers(1), square);
        return 1;
      } catch (const yoke::cancelled&) {
      }
    }
    return pool.map(numbers(1), [](int) { return ::getpid(); }).front() == worker ? 0 : 2;
  });
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(interrupt_guard, refuses_every_call_after_ctrl_c_until_it_is_gone) {
  child_process host{[] {
    yoke::pool first{{.workers = 1}};
    yoke::pool second{yoke::backend::serial};
    std::optional<yoke::interrupt_guard> guards[3];
    guards[0].emplace(first);
    guards[1].emplace(second);
    ::raise(SIGINT);
    int refused = 0;
    for (yoke::pool* pool : {&first, &second, &first}) {
      try {
        pool->map(numbers(3), square);
      } catch (const yoke::cancelled&) {
        ++refused;
      }
    }
    yoke::pool third{yoke::backend::serial};
    guards[2].emplace(third);
    try {
      third.map(numbers(3), square);
    } catch (const yoke::cancelled&) {
      ++refused;
    }
    for (auto& guard : guards) guard.reset();
    return refused == 4 && works(first) && works(second) && works(third) ? 0 : 1;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(interrupt_guard, follows_its_pool_when_that_is_moved) {
  child_process host{[] {
    yoke::pool moved{yoke::backend::serial};
    yoke::pool pool{yoke::backend::serial};
    const yoke::interrupt_guard guard{pool};
    moved = std::move(pool);
    const auto interrupt_at_3 = [](int n) { return n == 3 ? ::raise(SIGINT) : n; };
    try {
      moved.map(numbers(100), interrupt_at_3, {.chunk = 1});
    } catch (const yoke::cancelled&) {
      return 0;
    }
    return 1;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(interrupt_guard, may_outlive_its_pool) {
  child_process host{[] {
    auto pool = std::make_unique<yoke::pool>(yoke::pool_options{.workers = 1});
    std::optional<yoke::interrupt_guard> guard{std::in_place, *pool};
    pool.reset();
    ::raise(SIGINT);
    pool = std::make_unique<yoke::pool>(yoke::pool_options{.workers = 1});
    if (!works(*pool)) return 1;
    const yoke::interrupt_guard other{*pool};
    guard.reset();
    try {
      pool->map(numbers(3), square);
    } catch (const yoke::cancelled&) {
      return 0;
    }
    return 2;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(interrupt_guard, gives_sigint_back_when_it_is_gone) {
  child_process host{[] {
    yoke::pool pool{yoke::backend::serial};
    for (int round = 0; round < 3; ++round) {
      const yoke::interrupt_guard outer{pool};
      const yoke::interrupt_guard inner{pool};
      ::raise(SIGINT);
    }
    ::raise(SIGINT);
    return 1;
  }};
  EXPECT_EQ(host.wait(), -SIGINT);
}

TEST_F(interrupt_guard, leaves_an_ignored_sigint_ignored) {
  child_process host{[] {
    std::signal(SIGINT, SIG_IGN);
    yoke::pool pool{yoke::backend::serial};
    const yoke::interrupt_guard guard{pool};
    ::raise(SIGINT);
    ::raise(SIGINT);
    return works(pool) && !yoke::interrupt_guard::interrupted() ? 0 : 1;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(interrupt_guard, means_nothing_in_a_child_that_the_host_forks) {
  child_process host{[] {
    yoke::pool pool{{.workers = 1}};
    const yoke::interrupt_guard guard{pool};
    child_process copy{[] {
      ::raise(SIGINT);
      return 1;
    }};
    return copy.wait() == -SIGINT && works(pool) ? 0 : 1;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(interrupt_guard, lives_with_at_most_63_others) {
  yoke::pool pool{yoke::backend::serial};
  std::vector<std::unique_ptr<yoke::interrupt_guard>> guards;
  for (int n = 0; n < 64; ++n) guards.push_back(std::make_unique<yoke::interrupt_guard>(pool));
  EXPECT_THROW(yoke::interrupt_guard{pool}, std::length_error);
}
