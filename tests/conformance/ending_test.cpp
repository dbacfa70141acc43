#include "conformance.hpp"
#include "support/shared_page.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace yoke_test;

namespace {

const shared_page seen;
enum : std::size_t { started };

int slow(int item) {
  ++seen[started];
  std::this_thread::sleep_for(20ms);
  return item;
}

int same(int item) { return item; }

void await_start() {
  while (seen[started] == 0) std::this_thread::sleep_for(1ms);
}

/// call_in_thread is a map of slow() over some items that another thread has under way.
class call_in_thread {
 public:
  call_in_thread(yoke::pool& pool, int items, int chunk = 1)
      : thread_{[this, &pool, items, chunk] {
          try {
            results_ = pool.map(first_integers(items), slow, {.chunk = chunk});
          } catch (const yoke::pool_shut_down& error) {
            end_ = "shut down";
            text_ = error.what();
          } catch (const yoke::cancelled&) {
            end_ = "cancelled";
          }
        }} {
    await_start();
  }
  call_in_thread(const call_in_thread&) = delete;
  call_in_thread& operator=(const call_in_thread&) = delete;
  ~call_in_thread() { static_cast<void>(end()); }

  /// end waits and says how it ended: "done", "shut down" or "cancelled".
  const std::string& end() {
    if (thread_.joinable()) thread_.join();
    return end_;
  }
  const std::vector<int>& results() {
    end();
    return results_;
  }
  const std::string& text() {
    end();
    return text_;
  }

 private:
  std::string end_ = "done";
  std::string text_;
  std::vector<int> results_;
  std::thread thread_;
};

template <class Function>
void in_two_threads(Function function) {
  std::thread other{function};
  function();
  other.join();
}

}  // namespace

class ending_contract : public on_backend {
 protected:
  void SetUp() override { seen.clear(); }
};
INSTANTIATE_TEST_SUITE_P(backends, ending_contract, every_backend, setting_name);

TEST_P(ending_contract, join_lets_the_calls_of_other_threads_finish) {
  call_in_thread call{pool, 20};
  pool.join();
  EXPECT_EQ(call.end(), "done");
  EXPECT_EQ(call.results(), first_integers(20));
}

TEST_P(ending_contract, join_for_long_enough_lets_everything_finish) {
  call_in_thread call{pool, 5};
  EXPECT_TRUE(pool.join_for(1h));
  EXPECT_EQ(call.end(), "done");
}

TEST_P(ending_contract, join_for_too_short_a_time_ends_what_is_left) {
  call_in_thread call{pool, 1000};
  EXPECT_FALSE(pool.join_for(30ms));
  EXPECT_EQ(call.end(), "shut down");
  EXPECT_NE(call.text().find("join_for"), std::string::npos) << call.text();
  EXPECT_LT(seen[started], 1000U);
}

TEST_P(ending_contract, join_for_takes_any_duration) {
  EXPECT_TRUE(pool.join_for(-1s));
  EXPECT_TRUE(pool.join_for(0s));
  EXPECT_TRUE(pool.join_for(std::chrono::hours::max()));
  EXPECT_TRUE(pool.join_for(std::chrono::nanoseconds::max()));
  EXPECT_TRUE(pool.join_for(std::chrono::duration<double>{1e300}));
}

TEST_P(ending_contract, stop_ends_calls_however_much_is_queued) {
  call_in_thread call{pool, 100'000};
  pool.stop();
  EXPECT_EQ(call.end(), "shut down");
  EXPECT_NE(call.text().find("stopped"), std::string::npos) << call.text();
  EXPECT_LT(seen[started], 100'000U);
}

TEST_P(ending_contract, stop_overtakes_a_join) {
  call_in_thread call{pool, 100'000};
  std::thread joins{[this] { pool.join(); }};
  pool.stop();
  joins.join();
  EXPECT_EQ(call.end(), "shut down");
}

TEST_P(ending_contract, a_call_after_the_end_is_refused) {
  for (const auto& end : {std::function<void(yoke::pool&)>{[](yoke::pool& ended) { ended.join(); }},
                          std::function<void(yoke::pool&)>{[](yoke::pool& ended) { ended.join_for(1h); }},
                          std::function<void(yoke::pool&)>{[](yoke::pool& ended) { ended.stop(); }}}) {
    yoke::pool ended{options()};
    EXPECT_EQ(ended.map(first_integers(3), same), first_integers(3));
    end(ended);
    EXPECT_THROW(ended.map(first_integers(3), same), yoke::pool_shut_down);
    EXPECT_THROW(ended.map(first_integers(0), same), yoke::pool_shut_down);
    EXPECT_THROW(ended.for_each(first_integers(3), same), yoke::pool_shut_down);
    EXPECT_THROW(ended.reduce(first_integers(3), std::plus<>{}), yoke::pool_shut_down);
    EXPECT_THROW(ended.reduce(first_integers(0), std::plus<>{}), yoke::pool_shut_down);
    EXPECT_THROW(ended.map(first_integers(3), same, yoke::fresh), yoke::pool_shut_down);
    EXPECT_GE(ended.workers(), 1U);
  }
}

TEST_P(ending_contract, a_pool_may_be_ended_again_in_any_order) {
  pool.join();
  pool.stop();
  EXPECT_TRUE(pool.join_for(0s));
  pool.join();
  pool.cancel();
  yoke::pool other{options()};
  other.stop();
  other.join();
  other.stop();
}

TEST_P(ending_contract, a_pool_may_be_ended_by_two_threads_at_once) {
  in_two_threads([this] { pool.join(); });
  in_two_threads([this] { pool.stop(); });
}

TEST_P(ending_contract, stop_by_two_threads_at_once_ends_the_calls_once) {
  call_in_thread call{pool, 1000};
  in_two_threads([this] { pool.stop(); });
  EXPECT_EQ(call.end(), "shut down");
}

TEST_P(ending_contract, cancel_ends_the_calls_and_leaves_the_pool) {
  call_in_thread call{pool, 1000};
  pool.cancel();
  EXPECT_EQ(call.end(), "cancelled");
  EXPECT_LT(seen[started], 1000U);
  EXPECT_EQ(pool.map(first_integers(3), same), first_integers(3));
}

TEST_P(ending_contract, cancel_ends_chunks_behind_the_items_that_run) {
  const auto map = [this] { pool.map(first_integers(4000), slow, {.chunk = 1000}); };
  const auto fold = [this] {
    const auto add = [](int sum, int item) { return sum + slow(item); };
    pool.reduce(first_integers(4000), 0, add, std::plus<>{}, {.chunk = 1000, .leaf = 1000});
  };
  const auto reduce_leaves_of_one = [this] {
    pool.transform_reduce(first_integers(4000), 0, std::plus<>{}, slow, {.chunk = 1000, .leaf = 1});
  };
  for (const std::function<void()>& begin : std::vector<std::function<void()>>{map, fold, reduce_leaves_of_one}) {
    seen.clear();
    std::thread call{[&] { EXPECT_THROW(begin(), yoke::cancelled); }};
    await_start();
    pool.cancel();
    call.join();
    EXPECT_LT(seen[started], 1000U) << "no chunk ran to its end";
  }
}

TEST_P(ending_contract, stop_ends_chunks_behind_the_items_that_run) {
  call_in_thread call{pool, 8000, 1000};
  pool.stop();
  EXPECT_EQ(call.end(), "shut down");
  EXPECT_LT(seen[started], 1000U) << "no chunk ran to its end";
}

TEST_P(ending_contract, an_error_ends_chunks_behind_it_and_no_item_before_it) {
  const auto throws = [](int item) {
    ++seen[started];
    if (item == 1500) throw std::runtime_error{"fifteen hundred"};
    if (item > 1500) std::this_thread::sleep_for(20ms);
    return item;
  };
  try {
    pool.map(first_integers(8000), throws, {.chunk = 1000});
    FAIL() << "an item has thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "fifteen hundred");
  }
  EXPECT_GE(seen[started], 1501U);
  EXPECT_LT(seen[started], 2500U);
}

TEST_P(ending_contract, cancel_is_for_calls_that_have_begun) {
  pool.cancel();
  EXPECT_EQ(pool.map(first_integers(3), same), first_integers(3));
}

TEST_P(ending_contract, cancel_ends_the_calls_of_all_threads) {
  call_in_thread first{pool, 1000};
  call_in_thread second{pool, 1000};
  call_in_thread third{pool, 1000};
  while (seen[started] < 20) std::this_thread::sleep_for(1ms);
  pool.cancel();
  EXPECT_EQ(first.end() + second.end() + third.end(), "cancelledcancelledcancelled");
}

TEST_P(ending_contract, the_destructor_ends_the_calls_of_other_threads) {
  auto ended = std::make_unique<yoke::pool>(std::move(pool));
  call_in_thread call{*ended, 1000};
  ended.reset();
  EXPECT_EQ(call.end(), "shut down");
}

TEST_P(ending_contract, what_is_left_of_a_pool_that_was_moved_from_says_so) {
  yoke::pool taken{std::move(pool)};
  EXPECT_THROW(pool.join(), std::logic_error);  // NOLINT(bugprone-use-after-move)
  EXPECT_THROW(pool.stop(), std::logic_error);  // NOLINT(bugprone-use-after-move)
  EXPECT_THROW(pool.map(first_integers(1), same), std::logic_error);
  pool.cancel();
  EXPECT_EQ(taken.map(first_integers(3), same), first_integers(3));
}

TEST_P(ending_contract, many_threads_call_one_pool_and_leave_with_it) {
  constexpr int callers = 64;
  std::atomic<int> right{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&, caller] {
      try {
        for (;;) {
          const auto shifted = pool.map(first_integers(20), [caller](int item) { return item + caller; });
          if (shifted.back() == 19 + caller) ++right;
        }
      } catch (const yoke::pool_shut_down&) {
        ++refused;
      }
    });
  }
  while (right < 4 * callers) std::this_thread::sleep_for(1ms);
  pool.stop();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(refused, callers);
}

class ending_in_a_task : public ending_contract {};
INSTANTIATE_TEST_SUITE_P(backends, ending_in_a_task,
                         testing::ValuesIn(settings({yoke::backend::serial, yoke::backend::threads})), setting_name);

TEST_P(ending_in_a_task, is_refused_where_it_would_wait_for_itself) {
  EXPECT_THROW(pool.map(first_integers(1), [this](int) { return pool.join(), 0; }), std::logic_error);
  EXPECT_THROW(pool.map(first_integers(1), [this](int) { return pool.stop(), 0; }), std::logic_error);
  EXPECT_EQ(pool.map(first_integers(3), same), first_integers(3));
}

TEST_P(ending_in_a_task, is_what_cancel_may_be_called_for) {
  const auto cancels = [this](int item) {
    ++seen[started];
    if (item == 3) pool.cancel();
    return item;
  };
  EXPECT_THROW(pool.map(first_integers(10'000), cancels, {.chunk = 1}), yoke::cancelled);
  EXPECT_LT(seen[started], 10'000U);
}
