#include "conformance.hpp"
#include "support/shared_page.hpp"

#include <atomic>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

using namespace yoke_test;

namespace {

const shared_page page;
enum : std::size_t { made, destroyed, order };

/// A counter that cannot be copied or moved, and leaves a trace.
struct counter {
  counter() { ++page[made]; }
  ~counter() { ++page[destroyed]; }
  counter(const counter&) = delete;
  counter& operator=(const counter&) = delete;
  int items = 0;
};

const yoke::worker_local<counter> counters;

struct log_of_ends {
  explicit log_of_ends(std::size_t number) : number_{number} {}
  ~log_of_ends() { page[order] = 10 * page[order] + number_; }
  log_of_ends(const log_of_ends&) = delete;
  log_of_ends& operator=(const log_of_ends&) = delete;
  std::size_t number_;
};

const yoke::worker_local<log_of_ends> inner{[] { return log_of_ends{1}; }};
const yoke::worker_local<log_of_ends> outer{[] {
  static_cast<void>(inner.local());
  return log_of_ends{2};
}};
const yoke::worker_local<log_of_ends> last{[] { return log_of_ends{3}; }};

class local_contract : public without_pool {
 protected:
  local_contract() { page.clear(); }
  [[nodiscard]] static std::size_t workers() {
    return kind() == yoke::backend::serial ? 1 : static_cast<std::size_t>(GetParam().workers);
  }
};
using captured_local_contract = local_contract;

int sum(const std::vector<int>& numbers) { return std::accumulate(numbers.begin(), numbers.end(), 0); }

}  // namespace

INSTANTIATE_TEST_SUITE_P(backends, local_contract, every_backend, setting_name);
INSTANTIATE_TEST_SUITE_P(backends, captured_local_contract, every_backend_that_sees_captures, setting_name);

TEST_P(local_contract, each_worker_has_one_object_for_all_its_items) {
  yoke::pool_options wanted = options();
  wanted.finalizer = [] { return counters.local().items; };
  yoke::pool pool{wanted};
  for (int call = 0; call < 4; ++call) {
    pool.map(first_integers(50), [](int) { return ++counters.local().items; }, {.chunk = 1});
  }
  pool.join();
  EXPECT_EQ(sum(pool.finalizer_results<int>()), 200);
  EXPECT_EQ(page[made], workers());
  EXPECT_EQ(page[destroyed], page[made]);
}

TEST_P(local_contract, objects_are_made_when_they_are_asked_for) {
  yoke::pool pool{options()};
  pool.map(first_integers(50), [](int item) { return item; }, {.chunk = 1});
  EXPECT_EQ(page[made], 0U);
  pool.map(first_integers(1), [](int) { return counters.local().items; });
  EXPECT_EQ(page[made], 1U);
}

TEST_P(local_contract, an_initializer_may_make_them) {
  yoke::pool_options wanted = options();
  wanted.initializer = [] { counters.local().items = 100; };
  yoke::pool pool{wanted};
  for (const int items : pool.map(first_integers(20), [](int) { return ++counters.local().items; }, {.chunk = 1})) {
    EXPECT_GT(items, 100);
  }
}

TEST_P(local_contract, objects_are_destroyed_in_the_opposite_order_with_their_worker) {
  yoke::pool pool{options()};
  pool.map(first_integers(1), [](int item) {
    static_cast<void>(outer.local());
    static_cast<void>(last.local());
    return item;
  });
  pool.join();
  EXPECT_EQ(page[order], 321U);
}

TEST_P(local_contract, the_error_of_a_factory_is_that_of_the_item_and_it_is_asked_again) {
  yoke::pool_options wanted = options();
  yoke::pool pool{wanted};
  const auto task = [](int item) {
    static const yoke::worker_local<int> fragile{[] {
      if (page[made]++ == 0) throw std::out_of_range("no connection");
      return 7;
    }};
    return fragile.local() + item;
  };
  EXPECT_THROW(pool.map(first_integers(1), task), std::out_of_range);
  EXPECT_EQ(pool.map(first_integers(2), task), (std::vector{7, 8}));
}

TEST_P(local_contract, a_factory_that_asks_for_its_own_object_is_refused) {
  yoke::pool pool{options()};
  const auto task = [](int item) {
    static const yoke::worker_local<int> circle{[] { return circle.local(); }};
    return circle.local() + item;
  };
  EXPECT_THROW(pool.map(first_integers(1), task), std::logic_error);
}

TEST_P(local_contract, an_initializer_that_fails_leaves_none_to_the_next_try) {
  yoke::pool_options wanted = options();
  wanted.initializer = [] {
    if (++counters.local().items == 1 && page[order]++ == 0) throw std::runtime_error("not yet");
  };
  yoke::pool pool{wanted};
  for (const int items : pool.map(first_integers(20), [](int) { return counters.local().items; }, {.chunk = 1})) {
    EXPECT_EQ(items, 1);
  }
}

TEST_P(local_contract, outside_of_workers_there_is_no_object) {
  EXPECT_THROW(static_cast<void>(counters.local()), std::logic_error);
  yoke::pool pool{options()};
  pool.map(first_integers(1), [](int) { return counters.local().items; });
  EXPECT_THROW(static_cast<void>(counters.local()), std::logic_error);
}

TEST_P(local_contract, workers_of_a_pool_inside_a_task_have_their_own) {
  yoke::pool pool{options()};
  const auto task = [](int) {
    counters.local().items = 5;
    yoke::pool nested{yoke::backend::serial};
    const int there = nested.map(std::vector{0}, [](int) { return counters.local().items; }).front();
    return 10 * there + counters.local().items;
  };
  EXPECT_EQ(pool.map(first_integers(3), task), (std::vector{5, 5, 5}));
}

TEST_P(captured_local_contract, a_handle_made_before_the_pool_may_be_captured) {
  const yoke::worker_local<std::string> name{[text = std::string(100, 'n')] { return text; }};
  yoke::pool pool{options()};
  const auto lengths = pool.map(first_integers(60),
                                [name](int) {
                                  name.local() += '!';
                                  return static_cast<int>(name.local().size());
                                },
                                {.chunk = 1});
  const int items = static_cast<int>(std::ranges::count(lengths, 101));  // the first one of each worker
  EXPECT_GE(items, 1);
  EXPECT_LE(items, static_cast<int>(workers()));
}

TEST_P(captured_local_contract, a_handle_made_after_the_pool_works_or_is_refused) {
  yoke::pool pool{options()};
  const yoke::worker_local<int> late{[] { return 3; }};
  const auto task = [late](int item) { return late.local() + item; };
  if (kind() == yoke::backend::processes) {
    EXPECT_THROW(pool.map(first_integers(2), task), std::logic_error);
    EXPECT_EQ(pool.map(first_integers(2), task, yoke::fresh), (std::vector{3, 4}));
  } else {
    EXPECT_EQ(pool.map(first_integers(2), task), (std::vector{3, 4}));
  }
}
