#include "support/child_process.hpp"
#include "support/host.hpp"
#include "support/shared_page.hpp"
#include "sys/process.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace yoke_test;

namespace {

const yoke_test::shared_page seen;
enum : std::size_t { started, released };

/// Kills a process that is no child of this one, and returns when it is dead.
void kill_and_wait(pid_t victim) {
  const yoke::detail::file_descriptor process = yoke::detail::pidfd_open(victim);
  ASSERT_TRUE(yoke::detail::pidfd_send_signal(process.get(), SIGKILL));
  pollfd watched{process.get(), POLLIN, 0};
  ASSERT_EQ(::poll(&watched, 1, 10'000), 1);
}

class lifecycle_of_process_pool : public testing::Test {
 protected:
  void SetUp() override { seen.clear(); }
};

}  // namespace

TEST_F(lifecycle_of_process_pool, leaves_nothing_after_a_thousand_calls) {
  yoke::pool pool{{.workers = 3}};
  for (int call = 0; call < 1000; ++call) ASSERT_EQ(pool.map(numbers(3), square).back(), 4);
}

TEST_F(lifecycle_of_process_pool, may_be_built_a_hundred_times) {
  for (int round = 0; round < 100; ++round) {
    yoke::pool pool{{.workers = 2}};
    if (round % 10 == 0) {
      ASSERT_TRUE(works(pool));
    }
  }
}

TEST_F(lifecycle_of_process_pool, ends_its_workers_when_the_coordinator_is_killed_while_idle) {
  child_process host{[] {
    yoke::pool pool{{.workers = 3}};
    if (!works(pool)) return 1;
    seen[started] = 1;
    for (;;) ::pause();
  }};
  ASSERT_TRUE(within(10s, [] { return seen[started] == 1; }));
  ASSERT_GE(branded_processes(), 5U) << "host, supervisor and three workers";
  EXPECT_EQ(host.kill(), -SIGKILL);
  EXPECT_TRUE(within(1s, [] { return branded_processes() == 0; }));
}

TEST_F(lifecycle_of_process_pool, ends_its_workers_when_the_coordinator_is_killed_under_load) {
  child_process host{[] {
    yoke::pool pool{{.workers = 3}};
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

TEST_F(lifecycle_of_process_pool, sees_deaths_although_the_host_ignores_sigchld) {
  child_process host{[] {
    std::signal(SIGCHLD, SIG_IGN);
    yoke::pool pool{{.workers = 2}};
    try {
      pool.map(numbers(5), [](int n) { return n == 3 ? (std::raise(SIGSEGV), 0) : n; });
    } catch (const yoke::worker_lost& lost) {
      return lost.item() == 3 && works(pool) ? 0 : 2;
    }
    return 1;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(lifecycle_of_process_pool, sees_deaths_although_the_host_waits_for_any_child) {
  child_process host{[] {
    yoke::pool pool{{.workers = 2}};
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    if (::waitpid(-1, nullptr, 0) != -1 || errno != ECHILD) return 3;  // must not block on anything of the pool's
    try {
      pool.map(numbers(5), [](int n) { return n == 3 ? (::_exit(42), 0) : n; });
    } catch (const yoke::worker_lost& lost) {
      return lost.exit_status() == 42 && works(pool) ? 0 : 2;
    }
    return 1;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(lifecycle_of_process_pool, works_in_a_host_that_adopts_orphans) {
  child_process host{[] {
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return 4;
    {
      yoke::pool pool{{.workers = 2}};
      if (!works(pool)) return 1;
    }
    return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD ? 0 : 2;  // the supervisor was reaped
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(lifecycle_of_process_pool, may_be_called_from_a_thread_that_did_not_build_it) {
  yoke::pool pool{{.workers = 2}};
  bool fine = false;
  std::thread{[&] { fine = works(pool); }}.join();
  EXPECT_TRUE(fine && works(pool));
}

TEST_F(lifecycle_of_process_pool, outlives_the_thread_that_built_it) {
  child_process host{[]() -> int {
    static std::unique_ptr<yoke::pool> pool;
    std::thread{[] {
      // The first thread is leaving: from then on this one is alone, and may build a pool.
      pool = std::make_unique<yoke::pool>(yoke::pool_options{.workers = 2});
      std::thread{[builder = ::gettid()] {
        const std::string task = "/proc/self/task/" + std::to_string(builder);
        const bool gone = within(10s, [&] { return ::access(task.c_str(), F_OK) != 0; });
        ::_exit(gone && works(*pool) ? 0 : 1);
      }}.detach();
    }}.detach();
    ::syscall(SYS_exit, 0);  // this thread alone
    return 2;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(lifecycle_of_process_pool, refuses_calls_in_a_forked_copy_and_works_on_in_the_original) {
  yoke::pool pool{{.workers = 2}};
  child_process copy{[&] {
    try {
      pool.map(numbers(10), square);
    } catch (const yoke::forked_copy&) {
      return 0;
    }
    return 1;
  }};
  EXPECT_EQ(copy.wait(), 0);
  EXPECT_TRUE(works(pool));
}

TEST_F(lifecycle_of_process_pool, survives_the_end_of_a_forked_copy_that_destroys_it) {
  auto pool = std::make_unique<yoke::pool>(yoke::pool_options{.workers = 2});
  child_process copy{[&] {
    pool.reset();
    return 0;
  }};
  EXPECT_EQ(copy.wait(), 0);
  EXPECT_TRUE(works(*pool));
}

TEST_F(lifecycle_of_process_pool, replaces_a_supervisor_that_was_killed) {
  yoke::pool pool{{.workers = 2}};
  const auto supervisors = pool.map(numbers(1), [](int) { return ::getppid(); });
  kill_and_wait(supervisors.front());
  EXPECT_TRUE(works(pool));
  EXPECT_NE(pool.map(numbers(1), [](int) { return ::getppid(); }).front(), supervisors.front());
}

TEST_F(lifecycle_of_process_pool, replaces_a_guardian_that_was_killed) {
  yoke::pool pool{{.workers = 2}};
  const auto guardian_of_caller = [](int) {
    std::ifstream status{"/proc/" + std::to_string(::getppid()) + "/status"};
    std::string word;
    int number = 0;
    while (status >> word && word != "PPid:") {
    }
    return status >> number ? number : 0;
  };
  const int guardian = pool.map(numbers(1), guardian_of_caller).front();
  kill_and_wait(guardian);
  EXPECT_TRUE(works(pool));
  EXPECT_NE(pool.map(numbers(1), guardian_of_caller).front(), guardian);
}

TEST_F(lifecycle_of_process_pool, replaces_a_supervisor_that_was_killed_under_load) {
  yoke::pool pool{{.workers = 2}};
  const auto same = pool.map(numbers(400), [](int n) {
    if (n == 200 && seen[started].fetch_add(1) == 0) ::kill(::getppid(), SIGKILL);
    return n;
  });
  EXPECT_EQ(same, numbers(400));
}

TEST_F(lifecycle_of_process_pool, takes_the_grandchildren_along) {
  {
    yoke::pool pool{{.workers = 2}};
    pool.map(numbers(4), [](int n) {
      if (::fork() == 0) {
        ::setsid();
        for (;;) ::pause();
      }
      return n;
    });
  }
  EXPECT_TRUE(within(1s, [] { return branded_processes() == 0; }));
}

TEST_F(lifecycle_of_process_pool, says_what_to_do_when_the_host_has_threads) {
  std::thread other{[] { within(10s, [] { return seen[released] == 1; }); }};
  try {
    yoke::pool pool;
    ADD_FAILURE() << "a pool was forked from a program with two threads";
  } catch (const yoke::start_error& error) {
    EXPECT_NE(std::string{error.what()}.find("before any thread is started"), std::string::npos) << error.what();
  }
  seen[released] = 1;
  other.join();
}

TEST_F(lifecycle_of_process_pool, says_what_to_do_when_no_process_can_be_forked) {
  child_process host{[] {
    if (::setuid(65534) != 0) return 3;  // root has no limit on processes
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_NPROC, &none) != 0) return 4;
    try {
      yoke::pool pool{{.workers = 2}};
    } catch (const yoke::start_error& error) {
      return std::string{error.what()}.find("ulimit -u") != std::string::npos ? 0 : 2;
    }
    return 1;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(lifecycle_of_process_pool, may_be_built_while_ctrl_c_is_typed) {
  child_process host{[] {
    ::setsid();
    std::signal(SIGINT, [](int) {});
    seen[started] = 1;
    for (int round = 0; round < 100; ++round) {
      yoke::pool pool{{.workers = 1}};
      if (!works(pool)) return 1;
    }
    return 0;
  }};
  ASSERT_TRUE(within(10s, [] { return seen[started] == 1; }));
  std::jthread types{[&host](const std::stop_token& enough) {
    while (!enough.stop_requested()) {
      ::kill(-host.pid(), SIGINT);
      std::this_thread::sleep_for(50us);
    }
  }};
  siginfo_t ended{};
  EXPECT_EQ(::waitid(P_PID, static_cast<id_t>(host.pid()), &ended, WEXITED | WNOWAIT), 0);
  types = {};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(lifecycle_of_process_pool, ends_although_a_worker_is_stopped) {
  yoke::pool pool{{.workers = 2}};
  ASSERT_EQ(::kill(pool.map(numbers(1), [](int) { return ::getpid(); }).front(), SIGSTOP), 0);
  pool.join();
  EXPECT_EQ(branded_processes(), 0U);
}

TEST_F(lifecycle_of_process_pool, has_fewer_workers_where_not_all_of_them_can_be_forked) {
  child_process host{[] {
    const auto of_its_own = static_cast<uid_t>(20'000 + ::getpid() % 40'000);  // other test runs count for others
    if (::setuid(of_its_own) != 0) return 3;
    const rlimit few{4, 4};  // this process, the supervisor and two workers
    if (::setrlimit(RLIMIT_NPROC, &few) != 0) return 4;
    yoke::pool pool{{.workers = 20}};
    const auto pids = pool.map(numbers(100),
                               [](int) {
                                 std::this_thread::sleep_for(1ms);
                                 return ::getpid();
                               },
                               {.chunk = 1});
    return std::set<int>(pids.begin(), pids.end()).size() <= 2 ? 0 : 1;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(lifecycle_of_process_pool, works_in_a_host_that_has_closed_its_standard_streams) {
  child_process host{[] {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(stream);
    yoke::pool pool{{.workers = 2}};
    const std::string scribble(1 << 16, 'x');
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      static_cast<void>(::write(stream, scribble.data(), scribble.size()) > 0);
    }
    return works(pool) ? 0 : 1;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(lifecycle_of_process_pool, tells_a_task_that_names_its_own_pool) {
  static yoke::pool global{{.workers = 1}};
  EXPECT_THROW(global.map(numbers(1), [](int n) { return global.map(numbers(n + 1), square).front(); }),
               std::logic_error);
  EXPECT_TRUE(works(global));
  { const yoke::pool last = std::move(global); }
}

TEST_F(lifecycle_of_process_pool, does_not_share_its_standard_input_with_tasks) {
  yoke::pool pool{{.workers = 1}};
  const auto got = pool.map(numbers(1), [](int) {
    char byte = 0;
    return static_cast<int>(::read(STDIN_FILENO, &byte, 1));
  });
  EXPECT_EQ(got.front(), 0) << "a task reads an empty input";
}

TEST_F(lifecycle_of_process_pool, keeps_what_tasks_print_once_their_results_are_in) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  child_process host{[&] {
    ::dup2(ends[1], STDOUT_FILENO);
    yoke::pool pool{{.workers = 2}};
    pool.map(numbers(10),
             [](int n) {
               std::printf("x");
               if (n == 9) ::kill(::getpid(), n == 9 && seen[started].fetch_add(1) == 0 ? SIGKILL : 0);
               return n;
             },
             {.chunk = 1});
    return 0;
  }};
  ::close(ends[1]);
  std::string printed(64, '\0');
  std::size_t size = 0;
  for (ssize_t got = 0; (got = ::read(ends[0], printed.data() + size, printed.size() - size)) > 0;) {
    size += static_cast<std::size_t>(got);
  }
  ::close(ends[0]);
  EXPECT_EQ(host.wait(), 0);
  EXPECT_EQ(size, 10U) << "what the killed worker had not flushed is printed by the second run";
}
