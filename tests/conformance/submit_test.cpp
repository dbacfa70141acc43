#include "conformance.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <poll.h>

using namespace std::chrono_literals;
using namespace yoke_test;

namespace {

int twice(int item) { return 2 * item; }

std::atomic<int> living = 0;

/// counted counts how many of its kind there are in this process.
class counted {
 public:
  explicit counted(int value) : value_{value} { ++living; }
  counted(const counted& other) : value_{other.value_} { ++living; }
  counted& operator=(const counted&) = default;
  ~counted() { --living; }

  [[nodiscard]] int value() const { return value_; }

 private:
  int value_;
};

/// in_line is an executor that keeps what it is given until it is asked to run it.
struct in_line {
  std::vector<std::function<void()>>* line;

  template <class Function>
  void execute(Function function) const {
    line->push_back([kept = std::make_shared<Function>(std::move(function))] { (*kept)(); });
  }
};

}  // namespace

template <>
struct yoke::codec<counted> {
  static void encode(yoke::byte_sink& out, const counted& one) { yoke::encode(out, one.value()); }
  static counted decode(yoke::byte_reader& in) { return counted{yoke::decode<int>(in)}; }
};

using submit_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, submit_contract, every_backend, setting_name);

TEST_P(submit_contract, a_function_that_writes_where_nobody_would_see_it_is_refused) {
  int sum = 0;
  EXPECT_THROW(static_cast<void>(pool.submit([&](int item) { sum += item; }, 1)), yoke::capture_error);
  EXPECT_EQ(pool.submit(twice, 1).get(), 2);
}

TEST_P(submit_contract, captured_memory_is_seen_or_refused_with_the_cure) {
  const std::vector<int> table{1, 2, 3};
  const auto look_up = [table](std::size_t place) { return table[place]; };
  if (pool.describe().shares_memory) {
    EXPECT_EQ(pool.submit(look_up, 1U).get(), 2);
    return;
  }
  try {
    static_cast<void>(pool.submit(look_up, 1U));
    FAIL() << "it did not throw";
  } catch (const yoke::capture_error& error) {
    EXPECT_NE(std::string{error.what()}.find("give everything else (strings, containers) as arguments"),
              std::string::npos)
        << error.what();
  }
  EXPECT_THROW(static_cast<void>(pool.submit([&](std::size_t place) { return table[place]; }, 1U)),
               yoke::capture_error);
  EXPECT_EQ(pool.submit([](const std::vector<int>& all) { return all.size(); }, table).get(), 3U);
}

TEST_P(submit_contract, options_that_mean_nothing_for_one_task_are_refused) {
  EXPECT_THROW(static_cast<void>(pool.submit({.chunk = 2}, twice, 1)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(pool.submit({.leaf = 2}, twice, 1)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(pool.submit(yoke::fresh, twice, 1)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(pool.submit({.attempts = 0}, twice, 1)), std::invalid_argument);
  if (!pool.describe().can_kill) {
    EXPECT_THROW(static_cast<void>(pool.submit({.deadline = 1s}, twice, 1)), std::invalid_argument);
  }
  EXPECT_EQ(pool.submit({.attempts = 2}, twice, 1).get(), 2);
}

TEST_P(submit_contract, arguments_and_results_are_gone_after_delivery) {
  {
    auto one = pool.submit([](const counted& given) { return counted{given.value() + 1}; }, counted{1});
    one.wait();
    EXPECT_EQ(living, 1) << "the result, and no argument any more";
    EXPECT_EQ(one.get().value(), 2);
    EXPECT_EQ(living, 0);
    static_cast<void>(pool.submit([](const counted& given) { return given; }, counted{3}));
    auto cancelled = pool.submit([](const counted& given) { return given; }, counted{4});
    static_cast<void>(cancelled.cancel());
    pool.join();
  }
  EXPECT_EQ(living, 0);
}

TEST_P(submit_contract, what_is_no_exception_arrives_as_a_task_error) {
  for (int round = 0; round < 20; ++round) {
    EXPECT_THROW(pool.submit([](int item) { return item == 0 ? throw std::string{"nothing"} : item; }, 0).get(),
                 yoke::task_error);
    EXPECT_EQ(pool.submit(twice, round).get(), 2 * round);
  }
}

TEST_P(submit_contract, a_callback_runs_on_the_executor_it_was_given) {
  std::vector<std::function<void()>> line;
  int called = 0;
  auto one = pool.submit(twice, 4);
  one.on_completion(in_line{&line}, [&] { ++called; });
  auto next = pool.submit(twice, 5).then(in_line{&line}, [](yoke::future<int> done) { return done.get() + 1; });
  one.wait();
  EXPECT_FALSE(next.wait_for(20ms));
  EXPECT_EQ(called, 0);
  for (const auto& waiting : line) waiting();
  EXPECT_EQ(called, 1);
  EXPECT_EQ(next.get(), 11);
}

TEST_P(submit_contract, a_loop_of_the_programs_own_is_told_when_to_poll) {
  pollfd watched{pool.native_handle(), POLLIN, 0};
  ASSERT_GE(watched.fd, 0);
  int done = 0;
  std::vector<yoke::future<int>> futures;
  for (int item = 0; item < 200; ++item) {
    futures.push_back(pool.submit(twice, item));
    futures.back().on_completion([&] { ++done; });
  }
  while (done < 200) {
    ASSERT_EQ(::poll(&watched, 1, 10'000), 1) << "nothing happened after " << done << " tasks";
    pool.poll();
  }
  for (int item = 0; item < 200; ++item) EXPECT_EQ(futures[static_cast<std::size_t>(item)].get(), 2 * item);
}

/// Where tasks can see the pool that runs them.
using submit_inside = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, submit_inside,
                         testing::ValuesIn(settings({yoke::backend::serial, yoke::backend::threads})), setting_name);

TEST_P(submit_inside, a_task_of_the_same_pool_is_refused) {
  const auto inside = [this](int item) { return pool.submit(twice, item).get(); };
  EXPECT_THROW(pool.submit(inside, 1).get(), std::logic_error);
  EXPECT_THROW(pool.map(first_integers(1), inside), std::logic_error);
}
