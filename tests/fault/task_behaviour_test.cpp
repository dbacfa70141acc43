#undef NDEBUG  // one test is about assert
#include <yoke/yoke.hpp>

#include "support/child_process.hpp"
#include "support/shared_page.hpp"

#include <array>
#include <cassert>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace std::chrono_literals;
using yoke_test::child_process;

namespace {

const yoke_test::shared_page seen;
enum : std::size_t { pid_of_worker, go_on, background_steps, host_code_run };

std::vector<int> numbers(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

int pid(int) { return ::getpid(); }

class task_behaviour : public testing::Test {
 protected:
  void SetUp() override { seen.clear(); }

  template <class Task>
  static yoke::worker_lost loss_of(yoke::pool& pool, Task task, const yoke::call_options& options = {}) {
    try {
      pool.map(numbers(10), task, options);
    } catch (const yoke::worker_lost& lost) {
      return lost;
    }
    throw std::logic_error{"no worker was lost"};
  }
};

}  // namespace

TEST_F(task_behaviour, assert_that_fails_is_quoted_in_the_error) {
  yoke::pool pool{{.workers = 2}};
  const auto lost = loss_of(pool, [](int n) {
    assert(n != 4);
    return n;
  });
  EXPECT_EQ(lost.item(), 4U);
  EXPECT_EQ(lost.signal(), SIGABRT);
  EXPECT_NE(lost.end().last_words.find("Assertion `n != 4' failed."), std::string::npos);
  EXPECT_NE(std::string{lost.what()}.find("it last wrote \""), std::string::npos) << lost.what();
  EXPECT_NE(std::string{lost.what()}.find("Assertion `n != 4' failed.\"; pool_options"), std::string::npos);
}

TEST_F(task_behaviour, abort_says_what_the_task_wrote_and_used) {
  yoke::pool pool{{.workers = 2}};
  const auto lost = loss_of(pool, [](int n) {
    if (n != 4) return n;
    std::vector<char> room(std::size_t{48} << 20, 'x');
    const auto end = std::chrono::steady_clock::now() + 50ms;
    while (std::chrono::steady_clock::now() < end) ++room[0];
    std::cerr << "one\ntwo " << room.size() << '\n';
    std::abort();
  });
  EXPECT_TRUE(lost.end().last_words.ends_with("one\ntwo 50331648")) << lost.end().last_words;
  EXPECT_GT(lost.end().user_time + lost.end().system_time, 10ms);
  EXPECT_GT(lost.end().peak_memory, std::uint64_t{48} << 20);
  EXPECT_FALSE(lost.end().out_of_memory);
}

TEST_F(task_behaviour, next_workers_end_quotes_nothing_of_the_one_before) {
  yoke::pool pool{{.workers = 1}};
  for (int round = 0; round < 10; ++round) {
    const auto lost = loss_of(pool, [round](int n) {
      if (n == 3 && round % 2 == 0) std::cerr << "round " << round;
      return n == 3 ? (std::abort(), n) : n;
    });
    EXPECT_EQ(lost.end().last_words.empty(), round % 2 == 1) << lost.end().last_words;
  }
}

TEST_F(task_behaviour, stdout_flooded_without_any_reader_hangs_no_deadline) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  child_process host{[&] {
    ::dup2(ends[1], STDOUT_FILENO);
    yoke::pool pool{{.workers = 2}};
    try {
      pool.map(numbers(10),
               [](int n) {
                 for (int line = 0; line < 10'000; ++line) std::puts("a line of a flood");
                 return n;
               },
               {.chunk = 1, .deadline = 100ms});
    } catch (const yoke::task_timeout&) {
      return pool.map(numbers(5), [](int n) { return n; }) == numbers(5) ? 0 : 2;
    }
    return 1;
  }};
  EXPECT_EQ(host.wait(), 0);
  for (const int end : ends) ::close(end);
}

TEST_F(task_behaviour, stdout_closed_ends_the_item_that_writes_and_no_other) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  ::close(ends[0]);
  child_process host{[&] {
    ::dup2(ends[1], STDOUT_FILENO);
    yoke::pool pool{{.workers = 2}};
    const auto lost = loss_of(pool, [](int n) {
      if (n == 4) static_cast<void>(::write(STDOUT_FILENO, "x", 1) == 1);
      return n;
    });
    return lost.item() == 4 && lost.signal() == SIGPIPE && pool.map(numbers(5), pid).size() == 5 ? 0 : 1;
  }};
  EXPECT_EQ(host.wait(), 0);
  ::close(ends[1]);
}

TEST_F(task_behaviour, task_that_leaves_a_thread_running_has_its_worker_replaced) {
  yoke::pool pool{{.workers = 1}};
  const auto leave_thread = [](int) {
    std::thread{[] {
      for (;;) ++seen[background_steps], std::this_thread::sleep_for(1ms);
    }}.detach();
    return ::getpid();
  };
  const int left = pool.map(numbers(1), leave_thread).front();
  EXPECT_NE(pool.map(numbers(1), pid).front(), left);
}

TEST_F(task_behaviour, task_that_leaves_a_thread_running_is_noticed_in_a_program_that_has_had_threads) {
  child_process host{[] {
    std::thread{[] {}}.join();
    for (int round = 0; round < 20; ++round) {
      yoke::pool pool{{.workers = 1}};
      std::this_thread::sleep_for(5ms);  // its worker waits for its first chunk, and has looked at itself
      const auto leave_thread = [](int) {
        std::thread{[] { std::this_thread::sleep_for(1h); }}.detach();
        return ::getpid();
      };
      const int left = pool.map(numbers(1), leave_thread).front();
      if (pool.map(numbers(1), pid).front() == left) return 1;
    }
    return 0;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(task_behaviour, task_that_joins_its_threads_keeps_its_worker) {
  yoke::pool pool{{.workers = 1}};
  const int before = pool.map(numbers(1), pid).front();
  const auto use_thread = [](int n) {
    std::thread{[&] { ++n; }}.join();
    return n;
  };
  for (int round = 0; round < 50; ++round) EXPECT_EQ(pool.map(numbers(1), use_thread).front(), 1);
  EXPECT_EQ(pool.map(numbers(1), pid).front(), before);
}

TEST_F(task_behaviour, exceptions_and_ends_of_workers_run_no_code_of_the_host) {
  struct local {
    ~local() { ++seen[host_code_run]; }
  };
  child_process host{[]() -> int {
    const local left_by_nobody;
    std::atexit([] { ++seen[host_code_run]; });
    yoke::pool pool{{.workers = 2, .items_per_worker = 1}};
    for (int round = 0; round < 5; ++round) {
      try {
        pool.map(numbers(10), [](int n) -> int { throw std::runtime_error{std::to_string(n)}; }, {.chunk = 1});
      } catch (const std::runtime_error&) {
        pool.map(numbers(10), pid, {.chunk = 1});
      }
    }
    pool.join();
    ::_exit(0);
  }};
  EXPECT_EQ(host.wait(), 0);
  EXPECT_EQ(seen[host_code_run], 0U);
}

TEST_F(task_behaviour, sigstop_for_ever_is_ended_at_the_deadline) {
  yoke::pool pool{{.workers = 2}};
  try {
    pool.map(numbers(10), [](int n) { return n == 4 ? (::raise(SIGSTOP), n) : n; }, {.deadline = 50ms});
    FAIL() << "a worker that stands still was not missed";
  } catch (const yoke::task_timeout& late) {
    EXPECT_EQ(late.item(), 4U);
    EXPECT_EQ(late.end().signal, SIGKILL);
  }
  EXPECT_EQ(pool.map(numbers(5), [](int n) { return n; }), numbers(5));
}

// AddressSanitizer ends a process that cannot have all the memory it asks for.
#ifndef __SANITIZE_ADDRESS__
TEST_F(task_behaviour, bad_alloc_at_a_limit_on_memory_fails_the_item_and_the_worker_lives) {
  yoke::pool pool{{.workers = 1, .memory_per_worker = 64 << 20}};
  const int before = pool.map(numbers(1), pid).front();
  const auto devour = [](int n) { return std::vector<char>(std::size_t{1} << 40, static_cast<char>(n)).back(); };
  EXPECT_THROW(pool.map(numbers(1), devour), std::bad_alloc);
  EXPECT_EQ(pool.map(numbers(1), pid).front(), before);
}
#endif

TEST_F(task_behaviour, slow_task_without_a_deadline_is_left_alone) {
  yoke::pool pool{{.workers = 1}};
  const auto slow = [](int) {
    std::this_thread::sleep_for(1500ms);
    return ::getpid();
  };
  const int first = pool.map(numbers(1), slow).front();
  EXPECT_EQ(pool.map(numbers(1), pid).front(), first);
}

TEST_F(task_behaviour, worker_attached_to_by_a_debugger_is_left_alone) {
  yoke::pool pool{{.workers = 1}};
  child_process debugger{[] {
    while (seen[pid_of_worker] == 0) std::this_thread::yield();
    const auto worker = static_cast<pid_t>(seen[pid_of_worker].load());
    if (::ptrace(PTRACE_ATTACH, worker, nullptr, nullptr) != 0) return 1;
    if (::waitpid(worker, nullptr, __WALL) != worker) return 2;
    std::this_thread::sleep_for(300ms);
    seen[go_on] = 1;
    return ::ptrace(PTRACE_DETACH, worker, nullptr, nullptr) == 0 ? 0 : 3;
  }};
  const auto wait = [](int) {
    ::prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
    seen[pid_of_worker] = static_cast<std::size_t>(::getpid());
    while (seen[go_on] == 0) std::this_thread::yield();
    return ::getpid();
  };
  const int worker = pool.map(numbers(1), wait).front();
  EXPECT_EQ(static_cast<std::size_t>(worker), seen[pid_of_worker].load());
  EXPECT_EQ(debugger.wait(), 0);
}

TEST_F(task_behaviour, niceness_of_workers_is_what_was_asked_for) {
  const int here = ::getpriority(PRIO_PROCESS, 0);
  yoke::pool pool{{.workers = 1, .nice = 3}};
  EXPECT_EQ(pool.map(numbers(1), [](int) { return ::getpriority(PRIO_PROCESS, 0); }).front(), std::min(19, here + 3));
  EXPECT_THROW((yoke::pool{{.nice = 20}}), std::invalid_argument);
  EXPECT_THROW((yoke::pool{{.nice = -1}}), std::invalid_argument);
  EXPECT_THROW((yoke::pool{{.backend = yoke::backend::threads, .nice = 1}}), std::invalid_argument);
}
