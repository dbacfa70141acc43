#include "conformance.hpp"
#include "support/shared_page.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace yoke_test;

namespace {

const shared_page seen;
enum : std::size_t { started, goes_on };

int twice(int item) { return 2 * item; }

int slow(int item) {
  ++seen[started];
  std::this_thread::sleep_for(20ms);
  return item;
}

/// held waits until goes_on is set, 10 s at most.
int held(int item) {
  ++seen[started];
  for (int turn = 0; seen[goes_on] == 0 && turn < 10'000; ++turn) std::this_thread::sleep_for(1ms);
  return item;
}

}  // namespace

class future_contract : public on_backend {
 protected:
  void SetUp() override { seen.clear(); }
};
INSTANTIATE_TEST_SUITE_P(backends, future_contract, every_backend, setting_name);

TEST_P(future_contract, submit_returns_the_value) {
  EXPECT_EQ(pool.submit(twice, 21).get(), 42);
  EXPECT_EQ(pool.submit([](int left, double right) { return left + right; }, 1, 0.5).get(), 1.5);
  pool.submit([] {}).get();
}

TEST_P(future_contract, arguments_and_results_may_be_anything_that_travels) {
  const std::string text = "house";
  auto joined = pool.submit(
      [](const std::string& left, std::vector<std::string> right) {
        for (auto& each : right) each = left + each;
        return right;
      },
      text, std::vector<std::string>{"boat", "hold"});
  EXPECT_EQ(joined.get(), (std::vector<std::string>{"houseboat", "household"}));
  EXPECT_EQ(pool.submit([](std::string_view words) { return words.size(); }, "text").get(), 4U);
  EXPECT_EQ(*pool.submit([](std::unique_ptr<int> moved) { return moved; }, std::make_unique<int>(7)).get(), 7);
}

TEST_P(future_contract, thousands_of_tasks_come_back_right) {
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 20'000; ++item) futures.push_back(pool.submit(twice, item));
  for (int item = 0; item < 20'000; ++item) ASSERT_EQ(futures[static_cast<std::size_t>(item)].get(), 2 * item);
}

TEST_P(future_contract, captured_values_travel_with_the_function) {
  const double scale = 2.5;
  const int offset = 3;
  EXPECT_EQ(pool.submit([scale, offset](int item) { return scale * item + offset; }, 2).get(), 8.0);
}

TEST_P(future_contract, an_exception_keeps_its_type_and_text) {
  auto failed = pool.submit([](int item) -> int { throw std::out_of_range{"no place " + std::to_string(item)}; }, 5);
  try {
    failed.get();
    FAIL() << "it did not throw";
  } catch (const std::out_of_range& error) {
    EXPECT_STREQ(error.what(), "no place 5");
    const auto* task = dynamic_cast<const yoke::task_failure*>(&error);
    ASSERT_NE(task, nullptr);
    EXPECT_EQ(task->item(), 0U);
  }
  EXPECT_EQ(pool.submit(twice, 1).get(), 2);
}

TEST_P(future_contract, an_exception_ends_no_other_task_of_its_chunk) {
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 2000; ++item) {
    futures.push_back(
        pool.submit([](int each) { return each % 7 == 3 ? throw std::domain_error{"three"} : each; }, item));
  }
  for (int item = 0; item < 2000; ++item) {
    auto& future = futures[static_cast<std::size_t>(item)];
    if (item % 7 == 3) {
      EXPECT_THROW(future.get(), std::domain_error);
    } else {
      EXPECT_EQ(future.get(), item);
    }
  }
}

TEST_P(future_contract, is_valid_until_its_result_is_taken) {
  yoke::future<int> none;
  EXPECT_FALSE(none.valid());
  EXPECT_THROW(none.get(), std::future_error);
  EXPECT_THROW(none.wait(), std::future_error);
  EXPECT_THROW(static_cast<void>(none.ready()), std::future_error);
  auto one = pool.submit(twice, 1);
  EXPECT_TRUE(one.valid());
  none = std::move(one);
  EXPECT_FALSE(one.valid());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(none.get(), 2);
  EXPECT_FALSE(none.valid());
}

TEST_P(future_contract, wait_leaves_the_result_where_it_is) {
  auto one = pool.submit(twice, 4);
  one.wait();
  EXPECT_TRUE(one.ready());
  EXPECT_TRUE(one.wait_for(0s));
  EXPECT_TRUE(one.wait_until(std::chrono::steady_clock::now()));
  EXPECT_EQ(one.get(), 8);
}

TEST_P(future_contract, a_dropped_future_leaves_its_task_running) {
  static_cast<void>(pool.submit(slow, 1));
  pool.join();
  EXPECT_EQ(seen[started], 1U);
}

TEST_P(future_contract, many_threads_share_a_pool) {
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int caller = 0; caller < 8; ++caller) {
    threads.emplace_back([&, caller] {
      for (int round = 0; round < 50; ++round) {
        std::vector<yoke::future<int>> futures;
        for (int item = 0; item < 20; ++item) futures.push_back(pool.submit(twice, caller + item));
        for (int item = 0; item < 20; ++item)
          wrong += futures[static_cast<std::size_t>(item)].get() != 2 * (caller + item);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_P(future_contract, maps_and_tasks_share_the_workers) {
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 500; ++item) futures.push_back(pool.submit(twice, item));
  EXPECT_EQ(pool.map(first_integers(1000), [](int item) { return item; }), first_integers(1000));
  for (int item = 0; item < 500; ++item) EXPECT_EQ(futures[static_cast<std::size_t>(item)].get(), 2 * item);
}

TEST_P(future_contract, cancel_of_a_task_in_line_is_true_and_it_never_runs) {
  std::vector<yoke::future<int>> futures;
  if (kind() != yoke::backend::serial) {
    for (int worker = 0; worker < options().workers; ++worker) futures.push_back(pool.submit(held, worker));
    while (seen[started] < static_cast<std::uint64_t>(options().workers)) std::this_thread::sleep_for(1ms);
  }
  auto in_line = pool.submit(slow, 1);
  EXPECT_TRUE(in_line.cancel());
  EXPECT_THROW(in_line.get(), yoke::cancelled);
  const auto before = futures.size();
  seen[goes_on] = 1;
  for (auto& future : futures) future.get();
  EXPECT_EQ(seen[started], before);
  EXPECT_EQ(pool.submit(twice, 1).get(), 2);
}

TEST_P(future_contract, cancel_of_a_finished_task_is_false) {
  auto one = pool.submit(twice, 3);
  one.wait();
  EXPECT_FALSE(one.cancel());
  EXPECT_EQ(one.get(), 6);
}

TEST_P(future_contract, a_callback_is_called_once_for_a_value_an_error_and_a_cancellation) {
  int called = 0;
  auto value = pool.submit(twice, 1);
  value.on_completion([&] { ++called; });
  auto error = pool.submit([]() -> int { throw std::runtime_error{"no"}; });
  error.on_completion([&] { ++called; });
  value.wait();
  error.wait();
  EXPECT_EQ(called, 2);
  value.on_completion([&] { ++called; });
  EXPECT_EQ(called, 3) << "attached to what is ready, it is called at once";
  pool.poll();
  EXPECT_EQ(called, 3);
}

TEST_P(future_contract, tasks_may_be_submitted_from_callbacks_a_hundred_deep) {
  int depth = 0;
  std::vector<yoke::future<int>> futures;
  futures.reserve(200);
  std::function<void()> next = [&] {
    if (++depth == 100) return;
    futures.push_back(pool.submit(twice, depth));
    futures.back().on_completion(next);
  };
  next();
  while (depth < 100) futures.back().wait(), pool.poll();
  EXPECT_EQ(futures.size(), 99U);
}

TEST_P(future_contract, join_lets_what_was_submitted_finish) {
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 50; ++item) futures.push_back(pool.submit(slow, item));
  pool.join();
  for (int item = 0; item < 50; ++item) EXPECT_EQ(futures[static_cast<std::size_t>(item)].get(), item);
  EXPECT_THROW(pool.submit(twice, 1), yoke::pool_shut_down);
}

TEST_P(future_contract, stop_gives_every_future_that_is_left_an_error) {
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 1000; ++item) futures.push_back(pool.submit(slow, item));
  pool.stop();
  int unfinished = 0;
  for (auto& future : futures) {
    EXPECT_TRUE(future.ready());
    try {
      future.get();
    } catch (const yoke::pool_shut_down&) {
      ++unfinished;
    }
  }
  EXPECT_GT(unfinished, 900);
  EXPECT_THROW(pool.submit(twice, 1), yoke::pool_shut_down);
}

TEST_P(future_contract, a_future_may_outlive_its_pool) {
  yoke::future<int> done;
  yoke::future<int> not_done;
  {
    yoke::pool other{options()};
    done = other.submit(twice, 2);
    done.wait();
    for (int item = 0; item < 1000; ++item) not_done = other.submit(slow, item);
  }
  EXPECT_EQ(done.get(), 4);
  EXPECT_FALSE(not_done.cancel());
  EXPECT_THROW(not_done.get(), yoke::pool_shut_down);
}

TEST_P(future_contract, cancel_of_the_pool_cancels_what_has_not_begun) {
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 1000; ++item) futures.push_back(pool.submit(slow, item));
  pool.cancel();
  int cancelled = 0;
  for (auto& future : futures) {
    try {
      future.get();
    } catch (const yoke::cancelled&) {
      ++cancelled;
    }
  }
  EXPECT_GT(cancelled, 900);
  EXPECT_EQ(pool.submit(twice, 1).get(), 2);
}
