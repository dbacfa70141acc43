#ifndef __SANITIZE_THREAD__  // it does not know the fences that Asio counts its executors with

#include <yoke/asio.hpp>

#include "conformance.hpp"
#include "support/shared_page.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

using namespace yoke_test;
namespace asio = boost::asio;

namespace {

const shared_page seen;
enum : std::size_t { started, goes_on };

int twice(int item) { return 2 * item; }

int refuses(int /*item*/) { throw std::out_of_range{"refused"}; }

/// held waits until goes_on is set, 10 s at most.
int held(int item) {
  ++seen[started];
  for (int turn = 0; seen[goes_on] == 0 && turn < 10'000; ++turn) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return item;
}

}  // namespace

class asio_contract : public on_backend {
 protected:
  void SetUp() override { seen.clear(); }

  asio::io_context context;
  std::optional<yoke::asio_pump> pump{std::in_place, pool, context.get_executor()};
};
INSTANTIATE_TEST_SUITE_P(backends, asio_contract, every_backend, setting_name);

TEST_P(asio_contract, a_callback_gets_the_value_and_not_inside_the_call) {
  int got = 0;
  yoke::async_submit(*pump, twice, 21, [&](std::exception_ptr error, int value) {
    EXPECT_FALSE(error);
    got = value;
  });
  EXPECT_EQ(got, 0);
  context.run();
  EXPECT_EQ(got, 42);
}

TEST_P(asio_contract, a_callback_gets_the_error_as_the_task_threw_it) {
  bool thrown = false;
  yoke::async_submit(*pump, refuses, 1, [&](std::exception_ptr error, int value) {
    EXPECT_EQ(value, 0);
    EXPECT_THROW(std::rethrow_exception(error), std::out_of_range);
    thrown = true;
  });
  context.run();
  EXPECT_TRUE(thrown);
}

TEST_P(asio_contract, a_task_that_returns_nothing_has_an_error_only) {
  int calls = 0;
  yoke::async_submit(
      *pump, [] {}, [&](const std::exception_ptr& error) { calls += error ? 100 : 1; });
  context.run();
  EXPECT_EQ(calls, 1);
}

TEST_P(asio_contract, what_submit_throws_is_an_error_of_the_operation) {
  pool.stop();
  bool thrown = false;
  yoke::async_submit(*pump, twice, 1, [&](std::exception_ptr error, int) {
    EXPECT_THROW(std::rethrow_exception(error), yoke::pool_shut_down);
    thrown = true;
  });
  EXPECT_FALSE(thrown);
  context.run();
  EXPECT_TRUE(thrown);
}

TEST_P(asio_contract, a_future_without_a_state_is_an_error_of_the_operation) {
  std::exception_ptr error;
  yoke::async_get(*pump, yoke::future<int>{}, [&](std::exception_ptr failed, int /*none*/) { error = failed; });
  context.run();
  EXPECT_THROW(std::rethrow_exception(error), std::future_error);
}

TEST_P(asio_contract, use_future_makes_a_std_future) {
  std::future<int> right = yoke::async_submit(*pump, twice, 4, asio::use_future);
  std::future<int> wrong = yoke::async_submit(*pump, refuses, 4, asio::use_future);
  context.run();
  EXPECT_EQ(right.get(), 8);
  EXPECT_THROW(wrong.get(), std::out_of_range);
}

TEST_P(asio_contract, deferred_submits_when_it_is_called) {
  auto later = yoke::async_submit(*pump, twice, 4, asio::deferred);
  context.run();
  int got = 0;
  std::move(later)([&](const std::exception_ptr&, int value) { got = value; });
  context.restart();
  context.run();
  EXPECT_EQ(got, 8);
}

TEST_P(asio_contract, coroutines_await_tasks_in_thousands) {
  int all = 0;
  for (int one = 0; one < 1000; ++one) {
    asio::co_spawn(
        context,
        [&, one]() -> asio::awaitable<void> {
          const int doubled = co_await yoke::async_submit(*pump, twice, one, asio::use_awaitable);
          all += co_await yoke::async_submit(*pump, twice, doubled, asio::use_awaitable);
        },
        asio::detached);
  }
  context.run();
  EXPECT_EQ(all, 4 * 499'500);
}

TEST_P(asio_contract, a_coroutine_catches_what_a_task_throws) {
  bool caught = false;
  asio::co_spawn(
      context,
      [&]() -> asio::awaitable<void> {
        try {
          co_await yoke::async_submit(*pump, refuses, 1, asio::use_awaitable);
        } catch (const std::out_of_range&) {
          caught = true;
        }
      },
      asio::detached);
  context.run();
  EXPECT_TRUE(caught);
}

TEST_P(asio_contract, futures_of_several_tasks_can_be_awaited_together) {
  std::vector<yoke::future<int>> several;
  for (int item = 0; item < 50; ++item) several.push_back(pool.submit(twice, item));
  int all = 0;
  yoke::async_get(*pump, yoke::when_all(std::move(several)),
                  [&](const std::exception_ptr& error, const std::vector<int>& values) {
                    EXPECT_FALSE(error);
                    for (const int each : values) all += each;
                  });
  context.run();
  EXPECT_EQ(all, 2450);
}

TEST_P(asio_contract, handlers_are_called_through_their_own_executor) {
  asio::thread_pool elsewhere{1};
  std::thread::id there;
  std::thread::id called;
  asio::post(elsewhere, [&] { there = std::this_thread::get_id(); });
  yoke::async_submit(*pump, twice, 1, asio::bind_executor(elsewhere, [&](const std::exception_ptr&, int) {
    called = std::this_thread::get_id();
  }));
  context.run();
  elsewhere.join();
  EXPECT_EQ(called, there);
  EXPECT_NE(called, std::this_thread::get_id());
}

TEST_P(asio_contract, many_threads_may_run_the_context) {
  std::atomic<int> all{0};
  for (int item = 0; item < 2000; ++item) {
    yoke::async_submit(*pump, twice, item, [&](const std::exception_ptr&, int value) {
      all += value;
      yoke::async_submit(*pump, twice, 1, [&](const std::exception_ptr&, int more) { all += more; });
    });
  }
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 3; ++thread) threads.emplace_back([&] { context.run(); });
  threads.clear();
  EXPECT_EQ(all, 2 * 1'999'000 + 4000);
}

TEST_P(asio_contract, a_signal_cancels_what_has_not_begun) {
  asio::cancellation_signal signal;
  std::exception_ptr cancelled;
  std::vector<yoke::future<int>> before;
  for (int worker = 0; worker < 200; ++worker) before.push_back(pool.submit(held, worker));
  yoke::async_submit(
      *pump, twice, 1,
      asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr& error, int) { cancelled = error; }));
  signal.emit(asio::cancellation_type::terminal);
  seen[goes_on] = 1;
  context.run();
  ASSERT_TRUE(cancelled);
  EXPECT_THROW(std::rethrow_exception(cancelled), yoke::cancelled);
  for (auto& each : before) each.wait();
}

TEST_P(asio_contract, the_end_of_the_pump_cancels_what_is_pending) {
  int cancelled = 0;
  for (int item = 0; item < 20; ++item) {
    yoke::async_submit(*pump, held, item, [&](const std::exception_ptr& error, int) {
      EXPECT_THROW(std::rethrow_exception(error), yoke::cancelled);
      ++cancelled;
    });
  }
  pump.reset();
  seen[goes_on] = 1;
  context.run();
  EXPECT_EQ(cancelled, 20);
}

TEST_P(asio_contract, a_context_that_is_dropped_drops_its_handlers) {
  const auto counted = std::make_shared<int>(0);
  {
    asio::io_context short_lived;
    yoke::asio_pump own{pool, short_lived.get_executor()};
    for (int item = 0; item < 10; ++item) {
      yoke::async_submit(own, twice, item, [counted](const std::exception_ptr&, int) { ++*counted; });
    }
  }
  EXPECT_EQ(*counted, 0);
  EXPECT_EQ(counted.use_count(), 1);
  EXPECT_EQ(pool.submit(twice, 1).get(), 2);
}

TEST_P(asio_contract, a_context_without_operations_runs_out_of_work) {
  EXPECT_EQ(context.run(), 0U);
  yoke::async_submit(*pump, twice, 1, asio::detached);
  context.restart();
  EXPECT_GT(context.run(), 0U);
  context.restart();
  EXPECT_EQ(context.poll(), 0U);
}

#endif
