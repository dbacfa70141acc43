#include "conformance.hpp"
#include "support/shared_page.hpp"

#include <atomic>
#include <chrono>
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace yoke_test;

// What callbacks and coroutines may do to the pools that they are called by.

namespace {

const shared_page calls;

int twice(int item) { return 2 * item; }

int slowly(int item) {
  std::this_thread::sleep_for(20ms);
  return item;
}

template <class Condition>
void poll_until(yoke::pool& pool, const Condition& holds) {
  while (!holds()) {
    pool.poll();
    std::this_thread::yield();
  }
}

/// elsewhere goes on in another thread, when that has destroyed the pool.
struct elsewhere {
  std::optional<yoke::pool>& pool;

  static bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> suspended) const {
    std::thread{[suspended, &gone = pool] {
      gone.reset();
      suspended.resume();
    }}.detach();
  }
  void await_resume() const {}
};

/// unfinished is a coroutine that can be destroyed in the middle.
struct unfinished {
  struct promise_type {
    unfinished get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    static std::suspend_never initial_suspend() { return {}; }
    static std::suspend_always final_suspend() noexcept { return {}; }
    static void return_void() {}
    static void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> coroutine;
};

/// dropping is an executor whose context has ended.
struct dropping {
  template <class Callback>
  static void execute(const Callback& /*callback*/) {}
};

}  // namespace

using callback_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, callback_contract, every_backend, setting_name);

using pool_of_callbacks = without_pool;
INSTANTIATE_TEST_SUITE_P(backends, pool_of_callbacks, every_backend, setting_name);

TEST_P(pool_of_callbacks, may_belong_to_the_coroutine_that_awaits_it) {
  const auto owner = [](const yoke::pool_options& made_with) -> yoke::task<int> {
    yoke::pool own{made_with};
    co_return co_await own.submit(slowly, 7);
  };
  EXPECT_EQ(yoke::sync_wait(owner(options())), 7);
}

TEST_P(pool_of_callbacks, may_be_destroyed_while_a_coroutine_waits_for_something_else) {
  std::optional<yoke::pool> pool{std::in_place, options()};
  const auto leaves = [](std::optional<yoke::pool>& of) -> yoke::task<int> {
    const int done = co_await of->submit(slowly, 7);
    co_await elsewhere{of};
    co_return done;
  };
  EXPECT_EQ(yoke::sync_wait(leaves(pool)), 7);
}

TEST_P(pool_of_callbacks, may_be_destroyed_by_one_that_poll_runs) {
  auto pool = std::make_unique<yoke::pool>(options());
  auto one = pool->submit(twice, 1);
  one.on_completion([&pool] { pool.reset(); });
  while (pool != nullptr) pool->poll();
  EXPECT_EQ(one.get(), 2);
}

TEST_P(pool_of_callbacks, may_be_destroyed_by_one_that_wait_runs) {
  auto pool = std::make_unique<yoke::pool>(options());
  auto one = pool->submit(twice, 1);
  auto next = one.then([&pool](yoke::future<int> done) {
    pool.reset();
    return done.get();
  });
  EXPECT_EQ(next.get(), 2);
  EXPECT_EQ(pool, nullptr);
}

TEST_P(pool_of_callbacks, may_be_destroyed_by_one_while_other_threads_wait) {
  auto pool = std::make_unique<yoke::pool>(options());
  auto first = pool->submit(twice, 1);
  std::vector<yoke::future<int>> others;
  for (int item = 0; item < 20; ++item) others.push_back(pool->submit(slowly, item));
  std::atomic<int> ended{0};
  std::vector<std::jthread> threads;
  for (auto& each : others) {
    threads.emplace_back([&each, &ended] {
      each.wait();
      ++ended;
    });
  }
  first.on_completion([&pool] { pool.reset(); });
  first.wait();
  threads.clear();
  EXPECT_EQ(ended, 20);
}

TEST(forked_in_a_callback, workers_do_not_run_what_the_program_is_to_run) {
  calls.clear();
  yoke::pool outer{{.backend = yoke::backend::processes, .workers = 1}};
  auto one = outer.submit(twice, 1).then([](yoke::future<int> done) { return done.get(); });
  int inner = 0;
  one.on_completion([&inner] {
    yoke::pool own{{.backend = yoke::backend::processes, .workers = 1}};
    const auto waits = [] {
      yoke::pool third{yoke::backend::serial};
      return third.submit(twice, 21).get();
    };
    inner = own.submit(waits).get();
  });
  one.on_completion([] { ++calls[0]; });
  poll_until(outer, [&] { return inner != 0 && calls[0] != 0; });
  EXPECT_EQ(inner, 42);
  EXPECT_EQ(calls[0], 1U);
}

TEST_P(callback_contract, may_not_end_the_pool_in_the_middle_of_a_call) {
  std::exception_ptr refused;
  auto one = pool.submit(twice, 1);
  one.on_completion([&] {
    try {
      pool.join();
    } catch (...) {
      refused = std::current_exception();
    }
  });
  pool.map(first_integers(10), slowly);
  ASSERT_TRUE(one.ready());
  EXPECT_THROW(std::rethrow_exception(refused), std::logic_error);
  EXPECT_EQ(pool.submit(twice, 2).get(), 4) << "the pool works on";
}

TEST_P(callback_contract, may_not_end_the_pool_in_the_middle_of_a_stream) {
  std::exception_ptr refused;
  auto one = pool.submit(twice, 1);
  one.on_completion([&] {
    try {
      pool.stop();
    } catch (...) {
      refused = std::current_exception();
    }
  });
  for (const int item : pool.imap(first_integers(10), slowly)) static_cast<void>(item);
  one.wait();
  EXPECT_THROW(std::rethrow_exception(refused), std::logic_error);
  EXPECT_EQ(pool.submit(twice, 2).get(), 4) << "the pool works on";
}

TEST_P(callback_contract, of_one_future_run_one_after_the_other_though_many_threads_wait) {
  std::atomic<int> inside{0};
  std::atomic<bool> overlap{false};
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 20; ++item) {
    auto& one = futures.emplace_back(pool.submit(twice, item));
    if (item != 7) continue;
    for (int callback = 0; callback < 5; ++callback) {
      one.on_completion([&] {
        overlap = overlap || inside.fetch_add(1) != 0;
        slowly(0);
        --inside;
      });
    }
  }
  std::vector<std::jthread> threads;
  for (auto& each : futures) threads.emplace_back([&each] { each.wait(); });
  threads.clear();
  while (inside != 0) std::this_thread::yield();
  EXPECT_FALSE(overlap);
}

TEST_P(callback_contract, may_wait_for_what_the_next_callback_makes) {
  std::vector<yoke::future<int>> made;
  auto first = pool.submit(twice, 1);
  auto second = pool.submit(twice, 2);
  auto chained = second.then([](yoke::future<int> done) { return done.get() + 1; });
  int seen = 0;
  first.on_completion([&] { seen = chained.get(); });
  poll_until(pool, [&] { return seen != 0; });
  EXPECT_EQ(seen, 5);
}

TEST_P(callback_contract, a_long_chain_takes_no_stack_and_keeps_nothing) {
  const auto kept = std::make_shared<int>(1);
  auto last = pool.submit(twice, 0);
  for (int link = 0; link < 100'000; ++link) {
    last = last.then([kept](yoke::future<int> before) { return before.get() + *kept; });
  }
  last.wait();
  EXPECT_EQ(kept.use_count(), 1);
  EXPECT_EQ(last.get(), 100'000);
}

TEST_P(callback_contract, an_error_goes_through_a_long_chain) {
  auto last = pool.submit([]() -> int { throw std::out_of_range{"first"}; });
  for (int link = 0; link < 10'000; ++link) {
    last = last.then([](yoke::future<int> before) { return before.get(); });
  }
  EXPECT_THROW(last.get(), std::out_of_range);
}

TEST_P(callback_contract, one_that_its_executor_drops_is_an_error_of_the_future) {
  auto next = pool.submit(twice, 1).then(dropping{}, [](yoke::future<int> done) { return done.get(); });
  EXPECT_THROW(next.get(), yoke::cancelled);
}

TEST_P(callback_contract, a_long_chain_that_its_executor_drops_takes_no_stack) {
  auto last = pool.submit(twice, 0);
  for (int link = 0; link < 100'000; ++link) {
    last = last.then(dropping{}, [](yoke::future<int> before) { return before.get(); });
  }
  EXPECT_THROW(last.get(), yoke::cancelled);
}

TEST_P(callback_contract, many_that_wait_for_a_coroutine_take_no_stack) {
  const auto nothing = []() -> yoke::task<int> { co_return 1; };
  int sum = 0;
  auto one = pool.submit(twice, 0).then([](yoke::future<int> done) { return done.get(); });
  for (int callback = 0; callback < 100'000; ++callback) {
    one.on_completion([&] { sum += yoke::sync_wait(nothing()); });
  }
  one.wait();
  poll_until(pool, [&] { return sum == 100'000; });
}

TEST_P(callback_contract, a_coroutine_may_be_destroyed_while_it_awaits) {
  bool went_on = false;
  const auto awaits = [](yoke::pool& on, bool& ended) -> unfinished {
    co_await on.submit(slowly, 1);
    ended = true;
  };
  const unfinished one = awaits(pool, went_on);
  one.coroutine.destroy();
  EXPECT_EQ(pool.submit(slowly, 2).get(), 2);
  pool.join();
  EXPECT_FALSE(went_on);
}

TEST_P(callback_contract, may_be_called_inside_a_task_of_another_pool) {
  for (const yoke::backend kind : {yoke::backend::serial, yoke::backend::threads}) {
    yoke::pool other{{.backend = kind, .workers = 1}};
    auto first = other.submit(twice, 1);
    first.wait();
    auto joint = yoke::when_all(std::move(first), pool.submit(slowly, 2)).then([](auto both) {
      return std::get<1>(both.get());
    });
    auto waits_inside = other.submit([&pool = pool] { return pool.submit(slowly, 3).get(); });
    EXPECT_EQ(waits_inside.get(), 3) << to_string(kind);
    EXPECT_EQ(joint.get(), 2) << to_string(kind);
  }
}
