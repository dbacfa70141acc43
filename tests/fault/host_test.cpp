#include "support/host.hpp"

#include "support/child_process.hpp"
#include "support/shared_page.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace yoke_test;

namespace {

const shared_page seen;
enum : std::size_t { started, released };

int count_and_wait(int n) {
  ++seen[started];
  std::this_thread::sleep_for(10ms);
  return n;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all{"/proc/self/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// In a forked child, what only the threads that it lacks could reach is no leak.
bool threads_are_missing = false;

void leave_no_core() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

/// An end of the host, called in a thread of its own while another is inside a call.
struct host_end {
  const char* name;
  void (*end)();
  int status;
};

void PrintTo(const host_end& way, std::ostream* out) { *out << way.name; }

class host_that_ends : public testing::TestWithParam<host_end> {
 protected:
  void SetUp() override { seen.clear(); }
};

class host : public testing::Test {
 protected:
  void SetUp() override { seen.clear(); }
};

class host_on_backend : public testing::TestWithParam<yoke::backend> {
 protected:
  void SetUp() override { seen.clear(); }
};

/// stops_pool is a result whose decoding, in the caller's thread, has another thread end the pool that it came from.
struct stops_pool {
  int value = 0;
  static inline yoke::pool* pool = nullptr;
  static inline std::thread thread;
};

}  // namespace

/// AddressSanitizer asks this before it looks for leaks.
extern "C" int __lsan_is_turned_off() { return threads_are_missing ? 1 : 0; }  // NOLINT(bugprone-reserved-identifier)

template <>
struct yoke::codec<stops_pool> {
  static void encode(yoke::byte_sink& out, const stops_pool& result) { yoke::encode(out, result.value); }
  static stops_pool decode(yoke::byte_reader& in) {
    if (stops_pool::pool != nullptr && !stops_pool::thread.joinable()) {
      stops_pool::thread = std::thread{[] { stops_pool::pool->stop(); }};
    }
    return {yoke::decode<int>(in)};
  }
};

TEST_P(host_that_ends, leaves_no_orphan) {
  child_process coordinator{[] {
    leave_no_core();
    yoke::pool pool{{.workers = 3}};
    std::thread{[] {
      within(10s, [] { return seen[started] > 5; });
      GetParam().end();
    }}.detach();
    pool.map(numbers(1'000'000), count_and_wait);
    return 1;
  }};
  EXPECT_EQ(coordinator.wait(), GetParam().status);
  EXPECT_TRUE(within(1s, [] { return branded_processes() == 0; }));
}

INSTANTIATE_TEST_SUITE_P(by, host_that_ends,
                         testing::Values(host_end{"abort", [] { std::abort(); }, -SIGABRT},
                                         host_end{"std_terminate", [] { std::terminate(); }, -SIGABRT},
                                         host_end{"an_exception_nobody_catches",
                                                  [] { throw std::runtime_error{"on purpose"}; }, -SIGABRT},
                                         host_end{"exit_in_another_thread", [] { std::exit(7); }, 7},
                                         host_end{"quick_exit_in_another_thread", [] { std::quick_exit(7); }, 7},
                                         host_end{"sigterm", [] { ::kill(::getpid(), SIGTERM); }, -SIGTERM},
                                         host_end{"sighup", [] { ::kill(::getpid(), SIGHUP); }, -SIGHUP},
                                         host_end{"sigquit", [] { ::kill(::getpid(), SIGQUIT); }, -SIGQUIT},
                                         host_end{"sigint_to_the_whole_group",
                                                  [] {
                                                    ::setpgid(0, 0);
                                                    ::kill(0, SIGINT);
                                                  },
                                                  -SIGINT},
                                         host_end{"a_crash",
                                                  [] {
                                                    std::signal(SIGSEGV, SIG_DFL);
                                                    std::raise(SIGSEGV);
                                                  },
                                                  -SIGSEGV}),
                         [](const auto& way) { return std::string{way.param.name}; });

INSTANTIATE_TEST_SUITE_P(with, host_on_backend,
                         testing::Values(yoke::backend::processes, yoke::backend::threads, yoke::backend::serial),
                         [](const auto& kind) { return std::string{to_string(kind.param)}; });

TEST_P(host_on_backend, may_call_exit_in_another_thread_while_a_static_pool_works) {
  child_process coordinator{[] {
    static yoke::pool pool{{.backend = GetParam(), .workers = 2}};
    std::thread{[] {
      within(10s, [] { return seen[started] > 5; });
      std::exit(7);
    }}.detach();
    try {
      pool.map(numbers(1'000'000), count_and_wait, {.chunk = 1});
    } catch (const yoke::pool_shut_down&) {
      for (;;) ::pause();
    }
    return 1;
  }};
  EXPECT_EQ(coordinator.wait(), 7);
  EXPECT_TRUE(within(1s, [] { return branded_processes() == 0; }));
}

TEST_P(host_on_backend, may_fork_a_child_that_calls_exit_with_a_static_pool_alive) {
  child_process coordinator{[] {
    static yoke::pool pool{{.backend = GetParam(), .workers = 2}};
    if (!works(pool)) return 1;
    child_process copy{[]() -> int {
      threads_are_missing = true;
      std::exit(7);
    }};
    return copy.wait() == 7 && works(pool) ? 0 : 2;
  }};
  EXPECT_EQ(coordinator.wait(), 0);
}

TEST_P(host_on_backend, may_fork_a_child_that_calls_exit_while_another_thread_is_in_a_call) {
  child_process coordinator{[] {
    static yoke::pool pool{{.backend = GetParam(), .workers = 2}};
    std::thread caller{[] {
      try {
        pool.map(numbers(1'000'000), count_and_wait, {.chunk = 1});
      } catch (const yoke::pool_shut_down&) {
      }
    }};
    within(10s, [] { return seen[started] > 5; });
    child_process copy{[]() -> int {
      threads_are_missing = true;
      std::exit(7);
    }};
    const int status = copy.wait();
    const std::size_t before = seen[started];
    const bool goes_on = within(10s, [&] { return seen[started] > before; });
    pool.stop();
    caller.join();
    return status == 7 && goes_on ? 0 : 2;
  }};
  EXPECT_EQ(coordinator.wait(), 0);
}

TEST_P(host_on_backend, may_have_pools_inside_its_tasks) {
  yoke::pool outer{{.backend = GetParam(), .workers = 2}};
  const auto sums = outer.map(numbers(6), [](int n) {
    const auto kind = n % 2 == 0 ? yoke::backend::threads : yoke::backend::serial;
    yoke::pool inner{{.backend = kind, .workers = 2}};
    return inner.reduce(numbers(n + 1), 0, std::plus<>{});
  });
  EXPECT_EQ(sums, (std::vector{0, 1, 3, 6, 10, 15}));
}

TEST_F(host, whose_task_calls_exit_ends_on_threads_and_serial) {
  for (const auto kind : {yoke::backend::threads, yoke::backend::serial}) {
    child_process coordinator{[kind] {
      static yoke::pool pool{{.backend = kind, .workers = 2}};
      pool.map(numbers(10), [](int n) {
        if (n == 5) std::exit(7);
        return n;
      });
      return 1;
    }};
    EXPECT_EQ(coordinator.wait(), 7) << to_string(kind);
  }
}

TEST_F(host, may_have_process_pools_inside_the_tasks_of_a_process_pool) {
  {
    yoke::pool outer{{.workers = 2}};
    const auto sums = outer.map(numbers(6), [](int n) {
      yoke::pool inner{{.workers = 2}};
      return inner.map(numbers(n + 1), square).back();
    });
    EXPECT_EQ(sums, (std::vector{0, 1, 4, 9, 16, 25}));
  }
  EXPECT_EQ(branded_processes(), 0U);
}

TEST_F(host, loses_the_inner_pool_with_the_worker_that_had_it) {
  yoke::pool outer{{.workers = 1}};
  ASSERT_TRUE(works(outer));
  const std::size_t without = branded_processes();
  const auto die_with_a_pool = [](int n) {
    yoke::pool inner{{.workers = 2}};
    inner.map(numbers(2), [](int) { return ++seen[started]; });
    ::raise(SIGKILL);
    return n;
  };
  EXPECT_THROW(outer.map(numbers(1), die_with_a_pool, {.rerun = yoke::rerun::never}), yoke::worker_lost);
  EXPECT_TRUE(within(1s, [&] { return branded_processes() == without; })) << "the outer pool with a new worker";
  EXPECT_TRUE(works(outer));
}

TEST_F(host, is_told_when_a_task_on_threads_wants_a_pool_of_processes) {
  yoke::pool outer{{.backend = yoke::backend::threads, .workers = 2}};
  try {
    outer.map(numbers(1), [](int n) {
      yoke::pool inner{{.workers = 2}};
      return inner.map(numbers(n + 1), square).back();
    });
    ADD_FAILURE() << "a pool was forked from a program with three threads";
  } catch (const yoke::start_error& error) {
    EXPECT_NE(std::string{error.what()}.find("yoke::backend::threads"), std::string::npos) << error.what();
  }
}

TEST_F(host, keeps_its_descriptors_and_processes_over_300_pools) {
  std::optional<std::size_t> descriptors;
  for (int round = 0; round < 300; ++round) {
    {
      yoke::pool pool{{.workers = 2}};
      if (round % 3 == 0) {
        ASSERT_TRUE(works(pool));
      }
      if (round % 50 == 2) {
        EXPECT_THROW(pool.for_each(numbers(1), [](int) { ::_exit(3); }), yoke::worker_lost);
      }
      if (round % 7 == 0) pool.stop();
      if (round % 7 == 1) pool.join();
    }
    if (!descriptors) descriptors = open_descriptors();
    ASSERT_EQ(open_descriptors(), *descriptors) << "after pool " << round;
    ASSERT_EQ(branded_processes(), 0U) << "after pool " << round;
  }
}

TEST_F(host, may_call_one_pool_from_64_threads_with_deadlines) {
  constexpr int callers = 64;
  yoke::pool pool{{.workers = 4}};
  std::atomic<int> right{0};
  std::atomic<int> late{0};
  std::vector<std::thread> threads;
  for (int caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&pool, &right, &late, caller] {
      for (int round = 0; round < 5; ++round) {
        const auto shifted = pool.map(numbers(50), [caller](int n) { return n + caller; }, {.deadline = 60s});
        if (shifted.back() == 49 + caller) ++right;
      }
      if (caller % 16 != 0) return;
      try {
        pool.map(numbers(3), [](int n) { return n == 1 ? ::pause() : n; }, {.chunk = 1, .deadline = 20ms});
      } catch (const yoke::task_timeout& timeout) {
        if (timeout.item() == 1) ++late;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 5 * callers);
  EXPECT_EQ(late, callers / 16);
  EXPECT_TRUE(works(pool));
}

TEST_F(host, may_stop_200_busy_workers_at_once) {
  yoke::pool pool{{.workers = 200}};
  std::thread stops{[&pool] {
    within(60s, [] { return seen[started] >= 200; });
    pool.stop();
  }};
  const auto hang = [](int n) {
    ++seen[started];
    for (;;) ::pause();
    return n;
  };
  EXPECT_THROW(pool.map(numbers(400), hang, {.chunk = 1}), yoke::pool_shut_down);
  stops.join();
  EXPECT_EQ(branded_processes(), 0U);
}

TEST_F(host, may_cancel_a_call_with_a_team_of_its_own) {
  static yoke::pool* cancelled_pool = nullptr;
  yoke::pool pool{{.workers = 2}};
  cancelled_pool = &pool;
  std::signal(SIGUSR1, [](int) { cancelled_pool->cancel(); });
  const auto tell_after_some = [coordinator = ::getpid()](int n) {
    if (seen[started].fetch_add(1) == 10) ::kill(coordinator, SIGUSR1);
    std::this_thread::sleep_for(1ms);
    return n;
  };
  EXPECT_THROW(pool.map(numbers(100'000), tell_after_some, yoke::fresh), yoke::cancelled);
  EXPECT_LT(seen[started], 100'000U);
  EXPECT_TRUE(works(pool));
  std::signal(SIGUSR1, SIG_DFL);
}

TEST_F(host, may_stop_a_call_with_a_team_of_its_own) {
  yoke::pool pool{{.workers = 2}};
  stops_pool::pool = &pool;
  const auto slow = [](int n) {
    std::this_thread::sleep_for(1ms);
    return stops_pool{n};
  };
  EXPECT_THROW(pool.map(numbers(100'000), slow, yoke::fresh), yoke::pool_shut_down);
  stops_pool::thread.join();
  EXPECT_EQ(branded_processes(), 0U);
}
