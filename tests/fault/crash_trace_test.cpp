#include <yoke/yoke.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

/// words_after are the last words of a worker whose task does `harm`, with a trace and without.
template <class Harm>
yoke::worker_end end_after(const Harm& harm, bool traced) {
  yoke::pool pool{{.workers = 1, .backtraces = traced}};
  try {
    pool.map(std::vector{1}, harm);
  } catch (const yoke::worker_lost& lost) {
    return lost.end();
  }
  throw std::logic_error{"no worker was lost"};
}

[[gnu::noinline]] int eat_stack(int depth) {
  volatile char room[4096] = {};
  room[depth % 4096] = 1;
  return depth < 0 ? 0 : eat_stack(depth + 1) + room[0];
}

}  // namespace

TEST(trace_of_a_process, names_the_calls_of_a_crash_the_innermost_last) {
  const auto harm = [](int) -> int { std::abort(); };
  const yoke::worker_end end = end_after(harm, true);
  EXPECT_EQ(end.signal, SIGABRT);
  const std::string innermost = end.last_words.substr(end.last_words.rfind("libc.so.6("));
  EXPECT_TRUE(innermost.starts_with("libc.so.6(abort+")) << end.last_words;
  EXPECT_TRUE(innermost.ends_with("\nyoke: worker " + std::to_string(end.pid) + " was in these calls")) << innermost;
  EXPECT_FALSE(has(end_after(harm, false).last_words, "libc.so.6"));
}

TEST(trace_of_a_process, leaves_out_what_every_task_is_called_from) {
  const yoke::worker_end end = end_after([](int) -> int { std::abort(); }, true);
  EXPECT_FALSE(has(end.last_words, "__libc_start_main")) << end.last_words;
  EXPECT_LT(std::ranges::count(end.last_words, '\n'), 12) << end.last_words;
}

TEST(trace_of_a_process, is_told_of_a_thread_that_the_task_started) {
  const yoke::worker_end end = end_after(
      [](int) -> int {
        std::thread{[] { std::abort(); }}.join();
        return 0;
      },
      true);
  EXPECT_EQ(end.signal, SIGABRT);
  EXPECT_TRUE(has(end.last_words, "libc.so.6(abort+")) << end.last_words;
}

TEST(trace_of_a_process, needs_nothing_that_is_locked_while_a_library_is_loaded) {
  const yoke::worker_end end =
      end_after([](int) { return ::dlopen(CRASHING_LIBRARY, RTLD_NOW) == nullptr ? 1 : 0; }, true);
  EXPECT_EQ(end.signal, SIGABRT);
  EXPECT_TRUE(has(end.last_words, "libc.so.6(abort+")) << end.last_words;
}

TEST(trace_of_a_process, does_not_keep_a_worker_alive_whose_stderr_takes_nothing) {
  const auto harm = [](int) -> int {
    std::array<int, 2> full{};
    if (::pipe2(full.data(), O_NONBLOCK) != 0) return 1;
    while (::write(full[1], "", 1) == 1) {
    }
    ::fcntl(full[1], F_SETFL, 0);
    ::dup2(full[1], STDERR_FILENO);
    std::abort();
  };
  EXPECT_EQ(end_after(harm, true).signal, SIGABRT);
}

TEST(trace_of_a_process, is_told_beside_what_the_task_wrote_last) {
  yoke::pool pool{{.workers = 1, .backtraces = true}};
  try {
    pool.map(std::vector{1}, [](int) -> int {
      std::fputs("this is why\n", stderr);
      std::abort();
    });
    FAIL() << "the worker has to be lost";
  } catch (const yoke::worker_lost& lost) {
    const std::string what = lost.what();
    EXPECT_TRUE(has(what, "it last wrote \"this is why\"")) << what;
    EXPECT_TRUE(has(what, "it was in these calls, the innermost last: ")) << what;
    EXPECT_TRUE(has(what, "libc.so.6(abort+")) << what;
    EXPECT_FALSE(has(what, "backtraces")) << what;
  }
}

TEST(trace_of_a_process, is_what_an_untraced_crash_advises) {
  yoke::pool pool{{.workers = 1}};
  try {
    pool.map(std::vector{1}, [](int) -> int { std::abort(); });
    FAIL() << "the worker has to be lost";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_TRUE(has(lost.what(), "pool_options::backtraces tells in which calls")) << lost.what();
  }
}

TEST(trace_of_a_process, leaves_the_signal_as_it_was) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS}) {
    const yoke::worker_end end = end_after([signal](int) { return ::raise(signal); }, true);
    EXPECT_EQ(end.signal, signal);
    EXPECT_TRUE(has(end.last_words, "libc.so.6(")) << end.last_words;
  }
}

TEST(trace_of_a_process, is_written_when_the_stack_is_used_up) {
  const yoke::worker_end end = end_after([](int number) { return eat_stack(number); }, true);
  EXPECT_EQ(end.signal, SIGSEGV);
  EXPECT_GE(std::ranges::count(end.last_words, '\n'), 7) << end.last_words;
}

TEST(trace_of_a_process, is_told_where_it_is_longer_than_last_words) {
  const yoke::worker_end end = end_after([](int number) { return eat_stack(number); }, true);
  EXPECT_FALSE(has(end.last_words, "is ended by")) << end.last_words;
  const std::string what = yoke::worker_lost{0, end, 1}.what();
  EXPECT_TRUE(has(what, "; it was in these calls, the innermost last: ")) << what;
  EXPECT_FALSE(has(what, "it last wrote")) << what;
  EXPECT_FALSE(has(what, "backtraces")) << what;
}

TEST(trace_of_a_process, says_where_an_item_was_at_its_deadline) {
  yoke::pool pool{{.workers = 1, .backtraces = true}};
  try {
    pool.map(std::vector{1}, [](int) { return ::pause(); }, {.deadline = 20ms});
    FAIL() << "an item that hangs has to end";
  } catch (const yoke::task_timeout& late) {
    EXPECT_TRUE(has(late.end().last_words, "libc.so.6(pause+")) << late.end().last_words;
  }
}

TEST(trace_of_a_process, says_where_an_initializer_was_at_its_deadline) {
  yoke::pool pool{{.workers = 1, .initializer = [] { ::pause(); }, .initializer_deadline = 20ms, .backtraces = true}};
  try {
    pool.map(std::vector{1}, [](int) { return 0; });
    FAIL() << "an initializer that hangs has to end";
  } catch (const yoke::worker_lost& late) {
    EXPECT_TRUE(has(late.end().last_words, "libc.so.6(pause+")) << late.end().last_words;
    EXPECT_EQ(late.signal(), SIGALRM);
  }
}

TEST(trace_of_a_process, is_there_with_executed_workers_too) {
  yoke::pool pool{{.workers = 1, .start = yoke::start::exec, .backtraces = true}};
  try {
    pool.map(std::vector{1}, [](int) -> int { std::abort(); });
    FAIL() << "the worker has to be lost";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_TRUE(has(lost.end().last_words, "libc.so.6(abort+")) << lost.end().last_words;
  }
}
