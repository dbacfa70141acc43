#include "conformance.hpp"
#include "support/shared_page.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

using namespace yoke_test;

namespace {

const shared_page page;
enum : std::size_t { started, ended };

thread_local int begun = 0;
thread_local int items_here = 0;

int count_item(int item) {
  ++items_here;
  return item;
}

class hook_contract : public without_pool {
 protected:
  hook_contract() {
    page.clear();
    begun = 0;
    items_here = 0;
  }
  [[nodiscard]] static std::size_t workers() {
    return kind() == yoke::backend::serial ? 1 : static_cast<std::size_t>(GetParam().workers);
  }
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(backends, hook_contract, every_backend, setting_name);

TEST_P(hook_contract, an_initializer_runs_once_in_each_worker_before_its_first_item) {
  yoke::pool_options wanted = options();
  wanted.initializer = [] { ++begun, ++page[started]; };
  yoke::pool pool{wanted};
  for (int call = 0; call < 3; ++call) {
    EXPECT_EQ(pool.map(first_integers(50), [](int) { return begun; }, {.chunk = 1}), std::vector<int>(50, 1));
  }
  pool.join();
  EXPECT_EQ(page[started], workers());
}

TEST_P(hook_contract, what_finalizers_return_is_collected_when_the_pool_is_joined) {
  yoke::pool_options wanted = options();
  wanted.finalizer = [] { return std::pair{std::string{"items"}, items_here}; };
  yoke::pool pool{wanted};
  for (int call = 0; call < 3; ++call) pool.map(first_integers(100), count_item, {.chunk = 3});
  using result = std::pair<std::string, int>;
  EXPECT_EQ(pool.finalizer_results<result>().size(), 0U);
  pool.join();
  int items = 0;
  const auto results = pool.finalizer_results<result>();
  for (const auto& [name, count] : results) {
    EXPECT_EQ(name, "items");
    items += count;
  }
  EXPECT_EQ(results.size(), workers());
  EXPECT_EQ(items, 300);
  EXPECT_EQ(pool.finalizer_results<result>().size(), 0U);
}

TEST_P(hook_contract, finalizers_run_when_a_pool_is_destroyed_that_nobody_calls) {
  yoke::pool_options wanted = options();
  wanted.finalizer = [] { ++page[ended]; };
  {
    yoke::pool pool{wanted};
    pool.map(first_integers(10), count_item);
  }
  EXPECT_EQ(page[ended], workers());
}

TEST_P(hook_contract, finalizers_do_not_run_when_a_pool_is_stopped) {
  yoke::pool_options wanted = options();
  wanted.finalizer = [] { return static_cast<int>(++page[ended]); };
  yoke::pool pool{wanted};
  pool.map(first_integers(10), count_item);
  pool.stop();
  EXPECT_EQ(pool.finalizer_results<int>().size(), 0U);
  EXPECT_EQ(page[ended], 0U);
}

TEST_P(hook_contract, an_initializer_that_throws_fails_the_calls_with_its_error) {
  yoke::pool_options wanted = options();
  wanted.initializer = [] {
    ++page[started];
    throw std::out_of_range("no database");
  };
  wanted.finalizer = [] { return static_cast<int>(++page[ended]); };
  yoke::pool pool{wanted};
  for (int call = 0; call < 2; ++call) {
    try {
      pool.map(first_integers(10), count_item);
      FAIL() << "no error";
    } catch (const std::out_of_range& error) {
      EXPECT_STREQ(error.what(), "no database");
      EXPECT_EQ(dynamic_cast<const yoke::task_failure&>(error).item(), yoke::task_failure::no_item);
    }
  }
  pool.join();
  EXPECT_GE(page[started], 3U);
  EXPECT_LE(page[started], workers() + 3);
  EXPECT_EQ(pool.finalizer_results<int>().size(), 0U);
}

TEST_P(hook_contract, an_initializer_may_fail_twice) {
  yoke::pool_options wanted = options();
  wanted.initializer = [] {
    if (page[started]++ < 2) throw std::runtime_error("not yet");
    ++begun;
  };
  yoke::pool pool{wanted};
  EXPECT_EQ(pool.map(first_integers(50), [](int) { return begun; }, {.chunk = 1}), std::vector<int>(50, 1));
}

TEST_P(hook_contract, the_error_of_a_finalizer_is_thrown_once_and_costs_no_result) {
  yoke::pool_options wanted = options();
  wanted.finalizer = [] {
    if (page[ended]++ == 0) throw std::domain_error("not saved");
    return std::string(100'000, 'x');
  };
  yoke::pool pool{wanted};
  pool.map(first_integers(10), count_item);
  pool.join();
  EXPECT_THROW(pool.finalizer_results<std::string>(), std::domain_error);
  EXPECT_EQ(pool.finalizer_results<std::string>(), std::vector(workers() - 1, std::string(100'000, 'x')));
}

TEST_P(hook_contract, a_finalizer_may_return_nothing_and_its_errors_are_told_all_the_same) {
  yoke::pool_options wanted = options();
  wanted.finalizer = [] {
    if (page[ended]++ == 0) throw std::domain_error("not saved");
  };
  yoke::pool pool{wanted};
  pool.map(first_integers(10), count_item);
  pool.join();
  EXPECT_THROW(pool.finalizer_results<void>(), std::domain_error);
  EXPECT_NO_THROW(pool.finalizer_results<void>());
  EXPECT_EQ(page[ended], workers());
}

TEST_P(hook_contract, results_of_another_type_or_of_no_finalizer_are_refused) {
  yoke::pool none{options()};
  EXPECT_THROW(none.finalizer_results<int>(), std::logic_error);
  yoke::pool_options wanted = options();
  wanted.finalizer = [] { return 1; };
  yoke::pool pool{wanted};
  EXPECT_THROW(pool.finalizer_results<long>(), std::logic_error);
  EXPECT_THROW(pool.finalizer_results<void>(), std::logic_error);
}

TEST_P(hook_contract, a_pool_that_is_joined_without_a_call_ends_in_order) {
  yoke::pool_options wanted = options();
  wanted.initializer = [] { ++page[started]; };
  wanted.finalizer = [] { return static_cast<int>(++page[ended]); };
  yoke::pool pool{wanted};
  pool.join();
  EXPECT_EQ(page[ended], page[started]);
  EXPECT_EQ(pool.finalizer_results<int>().size(), page[started]);
}

TEST_P(hook_contract, deadlines_that_make_no_sense_are_refused) {
  yoke::pool_options wanted = options();
  wanted.finalizer_deadline = std::chrono::microseconds{1};
  EXPECT_THROW(yoke::pool{wanted}, std::invalid_argument);
  wanted = options();
  wanted.initializer_deadline = std::chrono::seconds{-1};
  EXPECT_THROW(yoke::pool{wanted}, std::invalid_argument);
}

using hook_contract_in_memory_of_the_caller = hook_contract;
INSTANTIATE_TEST_SUITE_P(backends, hook_contract_in_memory_of_the_caller,
                         testing::ValuesIn(settings({yoke::backend::serial, yoke::backend::threads})), setting_name);

TEST_P(hook_contract_in_memory_of_the_caller, results_cannot_be_asked_for_in_a_task_of_the_same_pool) {
  static yoke::pool* asked = nullptr;
  yoke::pool_options wanted = options();
  wanted.finalizer = [] { return 1; };
  yoke::pool pool{wanted};
  asked = &pool;
  EXPECT_THROW(pool.map(first_integers(1), [](int) { return asked->finalizer_results<int>().size(); }),
               std::logic_error);
}

TEST_P(hook_contract_in_memory_of_the_caller, hooks_cannot_ask_their_own_pool) {
  static yoke::pool* asked = nullptr;
  asked = nullptr;
  yoke::pool_options wanted = options();
  wanted.finalizer = [] { return asked->insights().workers.size(); };
  yoke::pool pool{wanted};
  asked = &pool;
  pool.map(first_integers(10), count_item);
  pool.join();
  EXPECT_THROW(pool.finalizer_results<std::size_t>(), std::logic_error);
}
