#include <yoke/yoke.hpp>

#include "support/child_process.hpp"
#include "support/host.hpp"
#include "support/shared_page.hpp"
#include "sys/process.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace std::chrono_literals;
using yoke_test::child_process;

using yoke_test::branded_processes;
using yoke_test::numbers;
using yoke_test::square;
using yoke_test::within;
using yoke_test::works;

namespace {

const yoke_test::shared_page seen;
enum : std::size_t { started };

const yoke::pool_options two{.workers = 2, .start = yoke::start::exec};

/// busy_threads hammer what a fork in the middle of it would leave locked, or torn.
class busy_threads {
 public:
  busy_threads() {
    // A variable that is new moves the environment, under the feet of localtime: no pool is needed to crash on that.
    for (int number = 0; number < 8; ++number) ::setenv(variable(number).c_str(), "", 1);
    for (int number = 0; number < 8; ++number) threads_.emplace_back([this, number] { work(number); });
  }
  ~busy_threads() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  static std::string variable(int number) { return "YOKE_TEST_BUSY_" + std::to_string(number); }

  void work(int number) {
    const std::string name = variable(number);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> nowhere{std::fopen("/dev/null", "w"), &std::fclose};
    for (std::size_t round = 0; !stop_; ++round) {
      const std::vector<char> memory(round % 100'000);
      std::fprintf(nowhere.get(), "%zu %p\n", round, static_cast<const void*>(memory.data()));
      ::setenv(name.c_str(), std::to_string(round % 1000).c_str(), 1);
      const std::time_t now = std::time(nullptr);
      std::tm broken{};
      ::localtime_r(&now, &broken);
      if (std::localtime(&now) == nullptr) std::abort();
    }
  }

  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

void kill_and_wait(pid_t victim) {
  const yoke::detail::file_descriptor process = yoke::detail::pidfd_open(victim);
  ASSERT_TRUE(yoke::detail::pidfd_send_signal(process.get(), SIGKILL));
  pollfd watched{process.get(), POLLIN, 0};
  ASSERT_EQ(::poll(&watched, 1, 10'000), 1);
}

class executed_process_pool : public testing::Test {
 protected:
  void SetUp() override { seen.clear(); }
};

}  // namespace

TEST_F(executed_process_pool, is_built_fifty_times_and_works_in_a_host_of_eight_busy_threads) {
  // In a process of its own, which ends without running its destructors: the threads change the environment.
  child_process host{[] {
    const busy_threads others;
    for (int round = 0; round < 50; ++round) {
      yoke::pool pool{two};
      if (!works(pool)) return 1;
    }
    return 0;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(executed_process_pool, may_be_built_by_several_threads_at_once) {
  std::atomic<int> fine{0};
  std::vector<std::thread> builders;
  for (int number = 0; number < 4; ++number) {
    builders.emplace_back([&fine] {
      for (int round = 0; round < 5; ++round) {
        yoke::pool pool{two};
        if (works(pool)) ++fine;
      }
    });
  }
  for (std::thread& builder : builders) builder.join();
  EXPECT_EQ(fine, 20);
}

TEST_F(executed_process_pool, is_no_child_of_the_host_and_has_none_of_its_threads_or_descriptors) {
  std::array<int, 2> inheritable{};
  ASSERT_EQ(::pipe(inheritable.data()), 0);
  std::thread other{[] { within(10s, [] { return seen[started] == 1; }); }};
  {
    yoke::pool pool{two};
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    const auto open = pool.map(numbers(2), [](int) {
      std::string list;
      for (int number = 0; number < 1024; ++number) {
        if (::fcntl(number, F_GETFD) >= 0) list += std::to_string(number) + " ";
      }
      return list;
    });
    EXPECT_EQ(std::count(open.front().begin(), open.front().end(), ' '), 5) << open.front() << "are open";
    EXPECT_EQ(pool.map(numbers(1), [](int) { return yoke::detail::is_single_threaded(); }).front(), true);
  }
  seen[started] = 1;
  other.join();
  for (const int end : inheritable) ::close(end);
}

TEST_F(executed_process_pool, starts_with_default_signals_and_without_the_variable_it_was_started_by) {
  child_process host{[] {
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, nullptr);
    std::signal(SIGUSR1, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    yoke::pool pool{two};
    const auto fine = pool.map(numbers(4), [](int) {
      sigset_t blocked;
      ::sigprocmask(SIG_SETMASK, nullptr, &blocked);
      struct sigaction pipe {};
      struct sigaction user {};
      ::sigaction(SIGPIPE, nullptr, &pipe);
      ::sigaction(SIGUSR1, nullptr, &user);
      const bool defaults = pipe.sa_handler == SIG_DFL && user.sa_handler == SIG_DFL;
      return defaults && ::sigisemptyset(&blocked) == 1 && std::getenv("YOKE_CONTROL_SOCKET") == nullptr;
    });
    return std::count(fine.begin(), fine.end(), true) == 4 ? 0 : 1;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(executed_process_pool, gets_the_environment_that_the_program_had_at_its_start) {
  ::setenv("YOKE_TEST_LATER", "1", 1);
  yoke::pool pool{two};
  const auto variables = pool.map(numbers(1), [](int) {
    return std::pair{std::getenv("YOKE_TEST_RUN") != nullptr, std::getenv("YOKE_TEST_LATER") != nullptr};
  });
  ::unsetenv("YOKE_TEST_LATER");
  EXPECT_EQ(variables.front(), (std::pair{true, false}));
}

TEST_F(executed_process_pool, replaces_a_supervisor_that_was_killed_although_the_host_has_threads) {
  std::thread other{[] { within(10s, [] { return seen[started] == 1; }); }};
  {
    yoke::pool pool{two};
    const auto supervisors = pool.map(numbers(1), [](int) { return ::getppid(); });
    kill_and_wait(supervisors.front());
    EXPECT_TRUE(works(pool));
    EXPECT_NE(pool.map(numbers(1), [](int) { return ::getppid(); }).front(), supervisors.front());
  }
  seen[started] = 1;
  other.join();
}

TEST_F(executed_process_pool, replaces_a_supervisor_that_was_killed_under_load) {
  yoke::pool pool{two};
  const auto same = pool.map(numbers(400), [](int n) {
    if (n == 200 && seen[started].fetch_add(1) == 0) ::kill(::getppid(), SIGKILL);
    return n;
  });
  EXPECT_EQ(same, numbers(400));
}

TEST_F(executed_process_pool, ends_when_the_coordinator_is_killed_while_idle) {
  child_process host{[] {
    yoke::pool pool{two};
    if (!works(pool)) return 1;
    seen[started] = 1;
    for (;;) ::pause();
  }};
  ASSERT_TRUE(within(10s, [] { return seen[started] == 1; }));
  ASSERT_GE(branded_processes(), 4U) << "host, supervisor and two workers";
  EXPECT_EQ(host.kill(), -SIGKILL);
  EXPECT_TRUE(within(1s, [] { return branded_processes() == 0; }));
}

TEST_F(executed_process_pool, ends_when_the_coordinator_is_killed_under_load) {
  child_process host{[] {
    yoke::pool pool{two};
    pool.map(numbers(1000), [](int n) {
      ++seen[started];
      std::this_thread::sleep_for(10ms);
      return n;
    });
    return 1;
  }};
  ASSERT_TRUE(within(10s, [] { return seen[started] > 10; }));
  EXPECT_EQ(host.kill(), -SIGKILL);
  EXPECT_TRUE(within(1s, [] { return branded_processes() == 0; }));
}

TEST_F(executed_process_pool, works_where_the_host_ignores_sigchld) {
  child_process host{[] {
    std::signal(SIGCHLD, SIG_IGN);
    yoke::pool pool{two};
    try {
      pool.map(numbers(5), [](int n) { return n == 3 ? (std::raise(SIGSEGV), 0) : n; });
    } catch (const yoke::worker_lost& lost) {
      return lost.item() == 3 && works(pool) ? 0 : 2;
    }
    return 1;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(executed_process_pool, works_where_another_thread_of_the_host_waits_for_any_child) {
  child_process host{[] {
    std::atomic<bool> stop{false};
    std::thread reaper{[&stop] {
      while (!stop) ::waitpid(-1, nullptr, 0);
    }};
    bool fine = true;
    for (int round = 0; round < 20; ++round) {
      yoke::pool pool{two};
      fine = fine && works(pool);
    }
    stop = true;
    reaper.join();
    return fine ? 0 : 1;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(executed_process_pool, works_where_the_host_has_closed_its_standard_streams) {
  child_process host{[] {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(stream);
    yoke::pool pool{two};
    return works(pool) ? 0 : 1;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(executed_process_pool, may_be_made_by_a_task_of_another) {
  yoke::pool pool{two};
  const auto inner = pool.map(numbers(2), [](int n) {
    yoke::pool own{two};
    return own.map(numbers(10), square)[static_cast<std::size_t>(n)];
  });
  EXPECT_EQ(inner, (std::vector{0, 1}));
}

TEST_F(executed_process_pool, may_be_made_beside_a_forked_one) {
  yoke::pool forked{{.workers = 2}};
  yoke::pool executed{two};
  EXPECT_TRUE(works(forked));
  EXPECT_TRUE(works(executed));
}
