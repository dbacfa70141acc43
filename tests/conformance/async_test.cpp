#include "conformance.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

using namespace std::chrono_literals;
using namespace yoke_test;

namespace {

int twice(int item) { return 2 * item; }

int slow(int item) {
  std::this_thread::sleep_for(1ms);
  return item;
}

int refuses_seven(int item) {
  if (item == 7) throw std::out_of_range{"seven"};
  return item;
}

yoke::task<int> fourfold(yoke::pool& pool, int item) {
  const int doubled = co_await pool.submit(twice, item);
  co_return co_await pool.submit(twice, doubled);
}

yoke::task<int> nothing_to_await() { co_return 1; }

}  // namespace

using async_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, async_contract, every_backend, setting_name);

TEST_P(async_contract, a_task_awaits_futures_and_returns_a_value) { EXPECT_EQ(yoke::sync_wait(fourfold(pool, 5)), 20); }

TEST_P(async_contract, a_task_awaits_other_tasks) {
  const auto sum = [](yoke::pool& on) -> yoke::task<int> {
    int all = 0;
    for (int item = 0; item < 10; ++item) all += co_await fourfold(on, item);
    co_return all;
  };
  EXPECT_EQ(yoke::sync_wait(sum(pool)), 180);
}

TEST_P(async_contract, a_task_may_return_nothing_or_what_only_moves) {
  std::unique_ptr<int> made;
  const auto make = [](yoke::pool& on) -> yoke::task<std::unique_ptr<int>> {
    co_return std::make_unique<int>(co_await on.submit(twice, 4));
  };
  const auto assign = [&](yoke::pool& on) -> yoke::task<> { made = co_await make(on); };
  yoke::sync_wait(assign(pool));
  EXPECT_EQ(*made, 8);
}

TEST_P(async_contract, errors_of_workers_and_of_tasks_arrive_as_they_are) {
  const auto fails_there = [](yoke::pool& on) -> yoke::task<int> { co_return co_await on.submit(refuses_seven, 7); };
  EXPECT_THROW(yoke::sync_wait(fails_there(pool)), std::out_of_range);
  const auto fails_here = [](yoke::pool& on) -> yoke::task<> {
    co_await on.submit([] {});
    throw std::logic_error{"here"};
  };
  EXPECT_THROW(yoke::sync_wait(fails_here(pool)), std::logic_error);
  const auto catches = [&](yoke::pool& on) -> yoke::task<std::string> {
    try {
      co_await fails_there(on);
    } catch (const std::out_of_range& error) {
      co_return error.what();
    }
    co_return "no error";
  };
  EXPECT_EQ(yoke::sync_wait(catches(pool)), "seven");
}

TEST_P(async_contract, nothing_of_a_task_runs_before_it_is_awaited) {
  bool ran = false;
  const auto sets = [&]() -> yoke::task<> {
    ran = true;
    co_return;
  };
  {
    auto one = sets();
    auto other = std::move(one);
  }
  EXPECT_FALSE(ran);
  yoke::sync_wait(sets());
  EXPECT_TRUE(ran);
}

TEST_P(async_contract, thousands_await_at_once) {
  std::vector<yoke::task<int>> tasks;
  for (int item = 0; item < 5000; ++item) tasks.push_back(fourfold(pool, item));
  const std::vector<int> values = yoke::sync_wait(yoke::when_all(std::move(tasks)));
  ASSERT_EQ(values.size(), 5000U);
  for (int item = 0; item < 5000; ++item) ASSERT_EQ(values[static_cast<std::size_t>(item)], 4 * item);
}

TEST_P(async_contract, all_end_before_the_first_error_by_position_is_thrown) {
  int ended = 0;
  const auto one = [&](yoke::pool& on, int item) -> yoke::task<> {
    try {
      co_await on.submit(refuses_seven, item);
    } catch (const std::out_of_range&) {
      ++ended;
      throw;
    }
    ++ended;
    if (item == 3) throw std::runtime_error{"three"};
  };
  std::vector<yoke::task<>> tasks;
  for (const int item : {1, 7, 3, 4}) tasks.push_back(one(pool, item));
  EXPECT_THROW(yoke::sync_wait(yoke::when_all(std::move(tasks))), std::out_of_range);
  EXPECT_EQ(ended, 4);
  EXPECT_TRUE(yoke::sync_wait(yoke::when_all(std::vector<yoke::task<int>>{})).empty());
}

TEST_P(async_contract, long_chains_take_no_stack) {
  const auto awaits_tasks = []() -> yoke::task<int> {
    int all = 0;
    for (int turn = 0; turn < 100'000; ++turn) all += co_await nothing_to_await();
    co_return all;
  };
  EXPECT_EQ(yoke::sync_wait(awaits_tasks()), 100'000);
  const auto awaits_futures = [](yoke::pool& on) -> yoke::task<int> {
    int all = 0;
    for (int turn = 0; turn < 2'000; ++turn) all += co_await on.submit(twice, 1);
    co_return all;
  };
  EXPECT_EQ(yoke::sync_wait(awaits_futures(pool)), 4'000);
}

TEST_P(async_contract, a_future_that_is_ready_or_joint_can_be_awaited) {
  const auto awaits = [](yoke::pool& on) -> yoke::task<int> {
    auto ready = on.submit(twice, 1);
    ready.wait();
    const int first = co_await ready;
    std::vector<yoke::future<int>> several;
    for (int item = 0; item < 20; ++item) several.push_back(on.submit(twice, item));
    int all = first;
    for (const int each : co_await yoke::when_all(std::move(several))) all += each;
    co_return all;
  };
  EXPECT_EQ(yoke::sync_wait(awaits(pool)), 2 + 380);
}

TEST_P(async_contract, a_task_may_use_several_pools) {
  yoke::pool other{{.backend = yoke::backend::serial}};
  const auto uses_both = [&](yoke::pool& on) -> yoke::task<int> {
    int value = 1;
    for (int turn = 0; turn < 10; ++turn) {
      value += co_await on.submit(twice, turn);
      value += co_await other.submit(twice, turn);
    }
    co_return value;
  };
  EXPECT_EQ(yoke::sync_wait(uses_both(pool)), 1 + 180);
}

TEST_P(async_contract, many_threads_wait_for_tasks_of_one_pool) {
  std::atomic<int> right{0};
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int turn = 0; turn < 50; ++turn) {
        if (yoke::sync_wait(fourfold(pool, thread + turn)) == 4 * (thread + turn)) ++right;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(right, 200);
}

TEST_P(async_contract, a_pool_that_is_stopped_ends_what_awaits) {
  const auto awaits = [](yoke::pool& on) -> yoke::task<int> {
    std::vector<yoke::future<int>> all;
    for (int item = 0; item < 20'000; ++item) all.push_back(on.submit(slow, item));
    on.stop();
    co_return co_await all.back();
  };
  EXPECT_THROW(yoke::sync_wait(awaits(pool)), yoke::pool_shut_down);
}

TEST_P(async_contract, a_stream_yields_results_in_input_order_and_then_nothing) {
  const auto reads = [](yoke::pool& on) -> yoke::task<std::vector<int>> {
    auto stream = yoke::async_imap(on, first_integers(1000), twice, 50);
    std::vector<int> all;
    while (auto next = co_await stream.next()) all.push_back(*next);
    EXPECT_FALSE(co_await stream.next());
    co_return all;
  };
  const std::vector<int> all = yoke::sync_wait(reads(pool));
  ASSERT_EQ(all.size(), 1000U);
  for (int item = 0; item < 1000; ++item) ASSERT_EQ(all[static_cast<std::size_t>(item)], 2 * item);
}

TEST_P(async_contract, a_stream_of_tasks_that_return_nothing_yields_something_for_each) {
  const auto reads = [](yoke::pool& on) -> yoke::task<int> {
    auto stream = yoke::async_imap(on, first_integers(20), [](int item) {
      if (item == 7) throw std::out_of_range("seven");
    });
    int yielded = 0;
    for (bool over = false; !over;) {
      try {
        const std::optional<std::monostate> next = co_await stream.next();
        over = !next;
        yielded += over ? 0 : 1;
      } catch (const std::out_of_range&) {
        yielded += 100;
      }
    }
    co_return yielded;
  };
  EXPECT_EQ(yoke::sync_wait(reads(pool)), 119);
}

TEST_P(async_contract, a_stream_of_an_endless_range_takes_no_more_than_its_window) {
  int taken = 0;
  auto counted = std::views::iota(0) | std::views::transform([&](int item) {
                   ++taken;
                   return item;
                 });
  const auto reads = [&](yoke::pool& on) -> yoke::task<int> {
    auto stream = yoke::async_imap(on, counted, twice, 10);
    int all = 0;
    for (int turn = 0; turn < 5; ++turn) all += *co_await stream.next();
    co_return all;
  };
  EXPECT_EQ(yoke::sync_wait(reads(pool)), 20);
  EXPECT_EQ(taken, 14);
}

TEST_P(async_contract, an_item_that_throws_does_so_in_its_place) {
  const auto reads = [](yoke::pool& on) -> yoke::task<std::vector<int>> {
    auto stream = yoke::async_imap(on, first_integers(10), refuses_seven);
    std::vector<int> all;
    while (true) {
      try {
        const auto next = co_await stream.next();
        if (!next) co_return all;
        all.push_back(*next);
      } catch (const std::out_of_range&) {
        all.push_back(-1);
      }
    }
  };
  EXPECT_EQ(yoke::sync_wait(reads(pool)), (std::vector{0, 1, 2, 3, 4, 5, 6, -1, 8, 9}));
}

TEST_P(async_contract, an_input_that_throws_does_so_behind_the_items_before_it) {
  auto breaks = std::views::iota(0) | std::views::transform([](int item) {
                  if (item == 5) throw std::domain_error{"no more"};
                  return item;
                });
  const auto reads = [&](yoke::pool& on) -> yoke::task<int> {
    auto stream = yoke::async_imap(on, breaks, twice, 20);
    int yielded = 0;
    try {
      while (co_await stream.next()) ++yielded;
    } catch (const std::domain_error&) {
      co_return yielded;
    }
    co_return -1;
  };
  EXPECT_EQ(yoke::sync_wait(reads(pool)), 5);
  EXPECT_THROW(static_cast<void>(yoke::async_imap(pool, first_integers(3), twice, 0)), std::invalid_argument);
}

TEST(async, waiting_inside_a_task_of_the_same_pool_is_refused) {
  for (const yoke::backend kind : {yoke::backend::serial, yoke::backend::threads}) {
    yoke::pool pool{{.backend = kind, .workers = 2}};
    auto refused = pool.submit([&pool] {
      try {
        return yoke::sync_wait(fourfold(pool, 1));
      } catch (const std::logic_error&) {
        return -1;
      }
    });
    EXPECT_EQ(refused.get(), -1) << to_string(kind);
  }
}
