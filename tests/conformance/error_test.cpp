#include "conformance.hpp"
#include "support/shared_page.hpp"

#include <csignal>
#include <cstdlib>
#include <ranges>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <unistd.h>

using namespace yoke_test;

namespace {

struct own_error {
  int code;
};

const shared_page page;

shared_page::counter& kills() { return page[0]; }

int die_once_at_500(int item) {
  if (item == 500 && kills()++ == 0) ::raise(SIGKILL);
  return 2 * item;
}

}  // namespace

using error_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, error_contract, every_backend, setting_name);

TEST_P(error_contract, is_the_first_by_index_with_its_type_and_text) {
  const auto task = [](int item) {
    if (item >= 31) throw std::out_of_range("item " + std::to_string(item));
    return item;
  };
  for (const yoke::chunking chunk : {yoke::chunking{}, yoke::chunking{1}, yoke::chunking{7}}) {
    try {
      pool.map(first_integers(200), task, {.chunk = chunk});
      FAIL() << "no error";
    } catch (const std::out_of_range& error) {
      EXPECT_STREQ(error.what(), "item 31");
      EXPECT_EQ(dynamic_cast<const yoke::task_failure&>(error).item(), 31U);
    }
  }
}

TEST_P(error_contract, may_be_huge_and_the_pool_works_on) {
  const auto task = [](int item) -> int {
    throw std::runtime_error(std::to_string(item) + std::string(1'000'000, '!'));
  };
  try {
    pool.map(first_integers(20), task, {.chunk = 1});
    FAIL() << "no error";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(std::string(error.what()), "0" + std::string(1'000'000, '!'));
  }
  EXPECT_EQ(pool.map(first_integers(3), [](int item) { return item; }), first_integers(3));
}

TEST_P(error_contract, that_is_no_standard_exception_arrives_as_task_error) {
  try {
    pool.map(first_integers(5), [](int item) {
      if (item == 2) throw own_error{7};
      return item;
    });
    FAIL() << "no error";
  } catch (const yoke::task_error& error) {
    EXPECT_EQ(error.item(), 2U);
    EXPECT_NE(error.type_name().find("own_error"), std::string::npos) << error.type_name();
  }
}

TEST_P(error_contract, keeps_error_codes) {
  const auto task = [](int) -> int { throw std::system_error(ENOSPC, std::generic_category(), "writing"); };
  try {
    pool.map(first_integers(1), task);
    FAIL() << "no error";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::no_space_on_device);
  }
}

TEST_P(error_contract, of_the_input_ends_the_call) {
  const auto input = std::views::iota(0, 10) | std::views::transform([](int i) {
                       if (i == 3) throw std::length_error("input");
                       return i;
                     });
  EXPECT_THROW(pool.map(input, [](int item) { return item; }), std::length_error);
  EXPECT_EQ(pool.map(first_integers(3), [](int item) { return item; }), first_integers(3));
}

TEST_P(error_contract, does_not_leak_or_double_results_that_were_done) {
  const auto task = [](int item) {
    if (item == 90) throw std::logic_error("late");
    return std::string(1000, 'x');
  };
  for (int round = 0; round < 5; ++round) {
    EXPECT_THROW(pool.map(first_integers(100), task, {.chunk = 7}), std::logic_error);
  }
}

using crash_contract = on_processes;
INSTANTIATE_TEST_SUITE_P(processes, crash_contract, processes_only, setting_name);

TEST_P(crash_contract, a_worker_killed_in_the_middle_of_a_map_changes_nothing) {
  kills() = 0;
  const auto results = pool.map(first_integers(1000), die_once_at_500, {.chunk = 100});
  ASSERT_EQ(results.size(), 1000U);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(results[static_cast<std::size_t>(i)], 2 * i);
  EXPECT_EQ(kills(), 2U);
}

TEST_P(crash_contract, an_item_killed_from_outside_fails_where_nothing_is_run_again) {
  kills() = 0;
  try {
    pool.map(first_integers(1000), die_once_at_500, {.chunk = 100, .rerun = yoke::rerun::never});
    FAIL() << "no error";
  } catch (const yoke::worker_lost& error) {
    EXPECT_EQ(error.item(), 500U);
    EXPECT_EQ(error.signal(), SIGKILL);
    EXPECT_GT(error.pid(), 1);
  }
  kills() = 0;
  EXPECT_THROW(pool.for_each(first_integers(1000), die_once_at_500), yoke::worker_lost);
}

TEST_P(crash_contract, a_reduction_with_a_worker_killed_in_the_middle_has_the_same_bits) {
  std::vector<double> numbers;
  for (int i = 0; i < 5000; ++i) numbers.push_back(1.0 / (i + 1));
  const auto fragile = [](double left, double right) {
    if (right == 1.0 / 2502 && kills()++ == 0) ::raise(SIGKILL);
    return left + right;
  };
  kills() = 1;
  const double expected = *pool.reduce(numbers, fragile);
  kills() = 0;
  EXPECT_EQ(*pool.reduce(numbers, fragile), expected);
  EXPECT_EQ(kills(), 2U);
}

TEST_P(crash_contract, a_crashing_task_fails_its_own_item_and_says_how) {
  const auto abort = [](int item) { return item == 5 ? (std::abort(), 0) : item; };
  const auto leave = [](int item) { return item == 6 ? (::_exit(42), 0) : item; };
  const auto leave_quietly = [](int item) { return item == 7 ? (::_exit(0), 0) : item; };
  const auto fault = [](int item) { return item == 8 ? (::raise(SIGSEGV), 0) : item; };
  const auto loss = [&](const auto& task) {
    try {
      pool.map(first_integers(20), task);
    } catch (const yoke::worker_lost& error) {
      return std::to_string(error.item()) + ": " +
             yoke::to_string({.pid = error.pid(), .signal = error.signal(), .exit_status = error.exit_status()});
    }
    return std::string("no error");
  };
  EXPECT_EQ(loss(abort), "5: SIGABRT");
  EXPECT_EQ(loss(leave), "6: exit 42");
  EXPECT_EQ(loss(leave_quietly), "7: exit 0");
  EXPECT_EQ(loss(fault), "8: SIGSEGV");
  EXPECT_EQ(pool.map(first_integers(3), [](int item) { return item; }), first_integers(3));
}

TEST_P(crash_contract, a_crashing_task_has_as_many_runs_as_it_is_given) {
  kills() = 0;
  const auto crash_twice = [](int item) { return item == 5 && kills()++ < 2 ? (std::abort(), 0) : item; };
  EXPECT_EQ(pool.map(first_integers(20), crash_twice, {.attempts = 3}), first_integers(20));
  EXPECT_EQ(kills(), 3U);
}
