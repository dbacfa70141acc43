#include <yoke/detail/call_scope.hpp>
#include <yoke/errors.hpp>
#include <yoke/pool.hpp>

#include "backends/serial_backend.hpp"
#include "engine_work.hpp"

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

using namespace yoke;

namespace {

/// map_from_threads lets `callers` threads map at the same time, again and again, and says whether all were right.
bool map_from_threads(pool& shared, int callers) {
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&shared, &wrong, caller] {
      std::vector<int> items(static_cast<std::size_t>(100 * caller + 1));
      std::iota(items.begin(), items.end(), caller);
      for (int round = 0; round < 20; ++round) {
        const auto doubled = shared.map(items, [](int item) { return 2 * item; }, {.chunk = 7});
        for (std::size_t i = 0; i < items.size(); ++i) wrong += doubled[i] != 2 * items[i];
      }
    });
  }
  for (auto& thread : threads) thread.join();
  return wrong == 0;
}

}  // namespace

TEST(engine_threads, share_one_pool_of_threads) {
  pool shared{{.backend = backend::threads, .workers = 3}};
  EXPECT_TRUE(map_from_threads(shared, 8));
}

TEST(engine_threads, share_one_serial_pool) {
  pool shared{backend::serial};
  EXPECT_TRUE(map_from_threads(shared, 4));
}

TEST(engine_threads, keep_their_errors_apart) {
  pool shared{{.backend = backend::threads, .workers = 2}};
  std::vector<int> items(500);
  std::iota(items.begin(), items.end(), 0);
  std::atomic<int> caught{0};
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int caller = 0; caller < 6; ++caller) {
    threads.emplace_back([&, caller] {
      try {
        const auto same = shared.map(items, [caller](int item) {
          if (caller % 2 == 0 && item >= 100) throw std::domain_error(std::to_string(caller));
          return item;
        });
        right += same == items;
      } catch (const std::domain_error& error) {
        caught += error.what() == std::to_string(caller);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(caught, 3);
  EXPECT_EQ(right, 3);
}

TEST(engine, refuses_a_call_from_inside_its_own_task) {
  for (const auto kind : {backend::serial, backend::threads}) {
    pool outer{{.backend = kind, .workers = 2}};
    const std::vector<int> items{1, 2, 3};
    EXPECT_THROW(outer.map(items, [&](int) { return outer.map(items, [](int item) { return item; }).size(); }),
                 std::logic_error);
  }
}

TEST(engine, lets_a_task_have_a_pool_of_its_own) {
  pool outer{{.backend = backend::threads, .workers = 2}};
  const std::vector<int> items{1, 2, 3};
  const auto sums = outer.map(items, [&](int item) {
    pool inner{backend::serial};
    return inner.reduce(items, item, [](int left, int right) { return left + right; });
  });
  EXPECT_EQ(sums, (std::vector{7, 8, 9}));
}
