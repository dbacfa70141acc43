#include <yoke/yoke.hpp>

#include "support/shared_page.hpp"
#include "sys/memory_group.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

const yoke_test::shared_page seen;
enum : std::size_t { attempts };

std::vector<int> numbers(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

class limits_of_process_pool : public testing::Test {
 protected:
  void SetUp() override { seen.clear(); }
};

}  // namespace

TEST_F(limits_of_process_pool, end_an_item_at_its_deadline_and_leave_the_pool_usable) {
  yoke::pool pool{{.workers = 2}};
  const auto hang_at_six = [](int n) {
    while (n == 6) ::pause();
    return n;
  };
  try {
    pool.map(numbers(10), hang_at_six, {.chunk = 5, .deadline = 50ms});
    FAIL() << "an item that hangs has to end";
  } catch (const yoke::task_timeout& late) {
    EXPECT_EQ(late.item(), 6U);
    EXPECT_EQ(late.deadline(), 50ms);
    EXPECT_GT(late.worker(), 0);
  }
  EXPECT_EQ(pool.map(numbers(100), [](int n) { return n; }), numbers(100));
}

TEST_F(limits_of_process_pool, let_an_item_try_again_that_was_too_slow_the_first_time) {
  yoke::pool pool{{.workers = 2}};
  const auto slow_once = [](int n) {
    if (n == 6 && seen[attempts].fetch_add(1) == 0) ::pause();
    return n;
  };
  EXPECT_EQ(pool.map(numbers(10), slow_once, {.attempts = 2, .deadline = 100ms}), numbers(10));
  EXPECT_EQ(seen[attempts].load(), 2U);
}

TEST_F(limits_of_process_pool, never_hit_a_later_call_when_an_item_throws_at_its_deadline) {
  yoke::pool pool{{.workers = 1}};
  for (int round = 0; round < 60; ++round) {
    const auto throw_late = [round](int) -> int {
      const auto end = std::chrono::steady_clock::now() + 4900us + round * 15us;
      while (std::chrono::steady_clock::now() < end) {
      }
      throw std::runtime_error{"late"};
    };
    EXPECT_ANY_THROW(pool.map(numbers(1), throw_late, {.deadline = 5ms}));
    const auto innocent = pool.map(numbers(3), [](int n) {
      std::this_thread::sleep_for(20ms);
      return n;
    });
    ASSERT_EQ(innocent, numbers(3)) << "round " << round;
  }
}

TEST_F(limits_of_process_pool, refuse_a_deadline_where_nothing_can_be_ended) {
  for (const auto backend : {yoke::backend::threads, yoke::backend::serial}) {
    yoke::pool pool{backend};
    EXPECT_THROW(pool.map(numbers(3), [](int n) { return n; }, {.deadline = 1s}), std::invalid_argument);
  }
  yoke::pool pool{{.workers = 1}};
  EXPECT_THROW(pool.map(numbers(3), [](int n) { return n; }, {.deadline = 1us}), std::invalid_argument);
  EXPECT_THROW(pool.map(numbers(3), [](int n) { return n; }, {.deadline = -1s}), std::invalid_argument);
}

TEST_F(limits_of_process_pool, give_each_worker_exactly_its_number_of_items) {
  for (const int each : {1, 2, 5}) {
    yoke::pool pool{{.workers = 2, .items_per_worker = each}};
    std::map<pid_t, int> items;
    for (const pid_t pid : pool.map(numbers(60), [](int) { return ::getpid(); }, {.chunk = 1})) ++items[pid];
    for (const auto& [pid, count] : items) EXPECT_LE(count, each);
    EXPECT_GE(items.size(), static_cast<std::size_t>(60 / each));
    EXPECT_EQ(pool.workers(), 2U);
  }
}

TEST_F(limits_of_process_pool, keep_one_worker_for_its_number_of_items_and_start_the_next) {
  yoke::pool pool{{.workers = 1, .items_per_worker = 3}};
  const auto pids = pool.map(numbers(9), [](int) { return ::getpid(); }, {.chunk = 1});
  EXPECT_EQ((std::set<pid_t>{pids.begin(), pids.end()}.size()), 3U);
  for (std::size_t item = 0; item < pids.size(); ++item) EXPECT_EQ(pids[item], pids[item - item % 3]) << item;
}

TEST_F(limits_of_process_pool, may_be_followed_by_an_immediate_end_of_the_pool) {
  for (int round = 0; round < 30; ++round) {
    yoke::pool pool{{.workers = 2, .items_per_worker = 1}};
    EXPECT_EQ(pool.map(numbers(5), [](int n) { return n; }, {.chunk = 1}), numbers(5));
  }
}

// AddressSanitizer maps far more memory than the task uses, and ends a process that cannot have it.
#ifndef __SANITIZE_ADDRESS__
TEST_F(limits_of_process_pool, replace_a_worker_that_has_grown_too_large_and_lose_nothing) {
  yoke::pool pool{{.workers = 1, .memory_per_worker = 64 << 20}};
  const auto leak = [](int n) {
    char* const lost = static_cast<char*>(std::malloc(8 << 20));
    for (std::size_t at = 0; at < 8 << 20; at += 4096) static_cast<volatile char*>(lost)[at] = 1;
    std::this_thread::sleep_for(6ms);  // memory is looked at every few milliseconds
    return ::getpid() + 0 * n;
  };
  const auto pids = pool.map(numbers(40), leak, {.chunk = 1});
  EXPECT_GT((std::set<pid_t>{pids.begin(), pids.end()}.size()), 2U);
}

TEST_F(limits_of_process_pool, end_an_item_that_takes_far_more_memory_than_its_worker_may) {
  yoke::pool pool{{.workers = 2, .memory_per_worker = 32 << 20}};
  const auto devour = [](int n) {
    if (n != 4) return n;
    std::vector<char> room(std::size_t{80} << 20, 'x');
    for (;;) ++room[static_cast<std::size_t>(n)], ::usleep(1000);
  };
  try {
    pool.map(numbers(10), devour);
    FAIL() << "an item far over its limit has to end";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_EQ(lost.item(), 4U);
    EXPECT_EQ(lost.signal(), SIGKILL);
    EXPECT_TRUE(lost.end().out_of_memory);
    EXPECT_GE(lost.end().peak_memory, std::uint64_t{64} << 20);
  }
  EXPECT_EQ(pool.map(numbers(10), [](int n) { return n; }), numbers(10));
}

TEST_F(limits_of_process_pool, end_or_refuse_what_is_far_beyond_them) {
  yoke::pool pool{{.workers = 1, .memory_per_worker = 64 << 20}};
  const auto devour = [](int n) { return std::vector<char>(std::size_t{2} << 30, static_cast<char>(n)).back(); };
  try {
    pool.map(numbers(1), devour);
    FAIL() << "thirty times the limit is too much";
  } catch (const std::bad_alloc&) {
    EXPECT_FALSE(yoke::detail::find_group_home()) << "a group counts what is used, not what is asked for";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_TRUE(lost.end().out_of_memory);
  }
  EXPECT_EQ(pool.map(numbers(3), [](int n) { return n; }), numbers(3));
}
#endif

TEST_F(limits_of_process_pool, pin_each_worker_to_one_cpu) {
  yoke::pool pool{{.workers = 2, .pin_workers = true}};
  for (const int cpus : pool.map(numbers(20), [](int) {
         cpu_set_t allowed;
         ::sched_getaffinity(0, sizeof allowed, &allowed);
         return CPU_COUNT(&allowed);
       })) {
    EXPECT_EQ(cpus, 1);
  }
}

TEST_F(limits_of_process_pool, are_refused_by_backends_without_processes) {
  EXPECT_THROW((yoke::pool{{.backend = yoke::backend::threads, .items_per_worker = 3}}), std::invalid_argument);
  EXPECT_THROW((yoke::pool{{.backend = yoke::backend::serial, .memory_per_worker = 1}}), std::invalid_argument);
  EXPECT_THROW((yoke::pool{{.items_per_worker = -1}}), std::invalid_argument);
}
