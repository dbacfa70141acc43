#include "conformance.hpp"
#include "support/shared_page.hpp"

#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace yoke_test;

namespace {

const shared_page seen;
enum : std::size_t { goes_on };

int twice(int item) { return 2 * item; }

int failing(int item) { throw std::domain_error{"item " + std::to_string(item)}; }

/// held waits until goes_on is set, 10 s at most.
int held(int item) {
  for (int turn = 0; seen[goes_on] == 0 && turn < 10'000; ++turn) std::this_thread::sleep_for(1ms);
  return item;
}

using positions = std::vector<std::size_t>;

}  // namespace

class when_contract : public on_backend {
 protected:
  void SetUp() override { seen.clear(); }
  void TearDown() override { seen[goes_on] = 1; }

  /// A task that is not done before goes_on is set. On serial it would be run by who waits for another one behind it.
  yoke::future<int> pending() { return pool.submit(held, -1); }
};
INSTANTIATE_TEST_SUITE_P(backends, when_contract, every_backend, setting_name);

TEST_P(when_contract, when_all_of_a_vector_has_all_values_in_order) {
  std::vector<yoke::future<int>> futures;
  std::vector<int> expected;
  for (int item = 0; item < 300; ++item) {
    futures.push_back(pool.submit(twice, item));
    expected.push_back(2 * item);
  }
  EXPECT_EQ(yoke::when_all(std::move(futures)).get(), expected);
  EXPECT_TRUE(yoke::when_all(std::vector<yoke::future<int>>{}).get().empty());
}

TEST_P(when_contract, when_all_of_several_types_has_a_tuple) {
  auto all = yoke::when_all(pool.submit(twice, 1), pool.submit([] { return std::string{"two"}; }), pool.submit([] {}));
  const auto [one, two, nothing] = all.get();
  EXPECT_EQ(one, 2);
  EXPECT_EQ(two, "two");
  EXPECT_EQ(nothing, std::monostate{});
}

TEST_P(when_contract, when_all_has_the_first_error_by_position) {
  std::vector<yoke::future<int>> futures;
  futures.push_back(pool.submit(twice, 0));
  for (int item = 1; item < 5; ++item) futures.push_back(pool.submit(failing, item));
  try {
    yoke::when_all(std::move(futures)).get();
    FAIL() << "it did not throw";
  } catch (const std::domain_error& error) {
    EXPECT_STREQ(error.what(), "item 1");
  }
}

TEST_P(when_contract, when_all_of_nothing_but_void_is_void) {
  std::vector<yoke::future<void>> futures;
  for (int item = 0; item < 3; ++item) futures.push_back(pool.submit([] {}));
  yoke::when_all(std::move(futures)).get();
}

TEST_P(when_contract, when_any_has_the_position_of_one_that_is_ready) {
  std::vector<yoke::future<int>> futures;
  futures.push_back(pool.submit(twice, 1));
  futures.front().wait();
  futures.push_back(pool.submit(twice, 2));
  EXPECT_EQ(yoke::when_any(futures).get(), 0U);
  EXPECT_EQ(yoke::when_any(futures[1]).get(), 0U);
  EXPECT_EQ(yoke::when_any(futures[1], futures[0], futures[1]).get(), 0U) << "ready already: the first of them";
  EXPECT_EQ(futures[0].get() + futures[1].get(), 6);
  EXPECT_THROW(yoke::when_any(std::vector<yoke::future<int>>{}), std::invalid_argument);
}

TEST_P(when_contract, wait_for_all_returns_when_all_are_ready) {
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 100; ++item) futures.push_back(pool.submit(twice, item));
  const auto found = yoke::wait(futures);
  EXPECT_EQ(found.ready.size(), 100U);
  EXPECT_TRUE(found.pending.empty());
  for (const auto& future : futures) EXPECT_TRUE(future.ready());
}

TEST_P(when_contract, wait_counts_a_future_that_is_there_twice_once) {
  auto one = pool.submit(twice, 1);
  auto two = pool.submit(twice, 2);
  const std::vector<yoke::future<int>*> twice_over{&one, &two, &one, &two};
  EXPECT_EQ(yoke::wait(twice_over).ready, (positions{0, 1}));
}

TEST_P(when_contract, wait_for_an_error_returns_at_the_first_or_when_all_have_values) {
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 20; ++item) futures.push_back(pool.submit(twice, item));
  EXPECT_EQ(yoke::wait(futures, yoke::return_when::first_error).ready.size(), 20U);
  futures.push_back(pool.submit(failing, 20));
  const auto found = yoke::wait(futures, yoke::return_when::first_error);
  EXPECT_EQ(found.ready.size(), 21U);
}

TEST_P(when_contract, as_completed_hands_out_every_future_once) {
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 500; ++item) futures.push_back(pool.submit(twice, item));
  int count = 0;
  long sum = 0;
  for (yoke::future<int>& next : yoke::as_completed(futures)) {
    EXPECT_TRUE(next.ready());
    sum += next.get();
    ++count;
  }
  EXPECT_EQ(count, 500);
  EXPECT_EQ(sum, 500 * 499);
  std::vector<yoke::future<int>> none;
  for (yoke::future<int>& next : yoke::as_completed(none)) FAIL() << next.valid();
}

TEST_P(when_contract, futures_of_several_pools_are_waited_for_together) {
  yoke::pool serial{yoke::backend::serial};
  yoke::pool other{{.backend = kind() == yoke::backend::serial ? kind() : yoke::backend::threads, .workers = 2}};
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 30; ++item) {
    futures.push_back(pool.submit(twice, item));
    futures.push_back(serial.submit(twice, item));
    futures.push_back(other.submit(twice, item));
  }
  EXPECT_EQ(yoke::wait(futures).ready.size(), 90U);
  long sum = 0;
  for (int value : yoke::when_all(std::move(futures)).get()) sum += value;
  EXPECT_EQ(sum, 3 * 30 * 29);
}

TEST_P(when_contract, a_continuation_gets_the_future_and_makes_another) {
  auto text = pool.submit(twice, 21).then([](yoke::future<int> done) { return std::to_string(done.get()); });
  EXPECT_EQ(text.get(), "42");
  auto error = pool.submit(failing, 1).then([](yoke::future<int> done) { return done.get(); });
  EXPECT_THROW(error.get(), std::domain_error);
}

/// Where something can be pending while others are done.
class when_pending : public when_contract {};
INSTANTIATE_TEST_SUITE_P(backends, when_pending,
                         testing::ValuesIn(settings({yoke::backend::threads, yoke::backend::processes})), setting_name);

TEST_P(when_pending, wait_for_the_first_leaves_the_others_pending) {
  if (options().workers == 1) {
    auto only = pending();
    EXPECT_TRUE(yoke::wait(std::vector{&only}, yoke::return_when::first_completed, 20ms).ready.empty());
    return;
  }
  auto one = pending();
  auto two = pool.submit(twice, 2);
  const std::vector futures{&one, &two};
  const auto found = yoke::wait(futures, yoke::return_when::first_completed);
  EXPECT_EQ(found.ready, positions{1});
  EXPECT_EQ(found.pending, positions{0});
  EXPECT_EQ(yoke::when_any(one, two).get(), 1U);
  EXPECT_FALSE(one.ready());
}

TEST_P(when_pending, wait_with_a_time_out_returns_on_time_and_leaves_the_tasks_running) {
  auto one = pending();
  const auto found = yoke::wait(std::vector{&one}, yoke::return_when::all_completed, 20ms);
  EXPECT_EQ(found.pending, positions{0});
  EXPECT_FALSE(one.wait_for(1ms));
  seen[goes_on] = 1;
  EXPECT_EQ(one.get(), -1);
}

TEST_P(when_pending, a_long_task_holds_no_short_one_up_while_a_worker_is_idle) {
  if (options().workers == 1) return static_cast<void>(pool.submit(twice, 1).get());
  const auto holds_at = [](int item) {
    if (item == 1000) held(item);
    return item;
  };
  for (int round = 0; round < 500; ++round) EXPECT_EQ(pool.submit(holds_at, round).get(), round);  // it is short
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 2000; ++item) futures.push_back(pool.submit(holds_at, item));
  for (int item = 0; item < 2000; ++item) {
    if (item == 1000) continue;
    EXPECT_EQ(futures[static_cast<std::size_t>(item)].get(), item);
  }
  EXPECT_FALSE(futures[1000].ready());
  seen[goes_on] = 1;
  EXPECT_EQ(futures[1000].get(), 1000);
}
