#include "conformance.hpp"

#include <functional>
#include <future>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

using namespace yoke_test;

namespace {

int global_scale = 1;

int twice(int item) { return 2 * item; }
int add(int left, int right) { return left + right; }
long add_long(long left, int right) { return left + right; }

}  // namespace

using capture_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, capture_contract, every_backend, setting_name);

using seen_capture_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, seen_capture_contract, every_backend_that_sees_captures, setting_name);

TEST_P(seen_capture_contract, by_reference_sees_the_callers_memory_as_it_is_now) {
  std::vector<int> table(100);
  std::iota(table.begin(), table.end(), 1000);
  const auto look_up = [&](int item) { return table[static_cast<std::size_t>(item)]; };
  EXPECT_EQ(pool.map(first_integers(100), look_up), table);
  table[50] = -1;
  EXPECT_EQ(pool.map(first_integers(100), look_up), table);
}

TEST_P(seen_capture_contract, of_a_container_by_value_is_right) {
  const std::vector<std::string> names{"zero", "one", "two"};
  const auto name = [names](int item) { return names[static_cast<std::size_t>(item)]; };
  EXPECT_EQ(pool.map(first_integers(3), name), names);
}

TEST_P(seen_capture_contract, may_be_a_std_function) {
  const int offset = 3;
  const std::function<int(int)> add = [offset](int item) { return item + offset; };
  EXPECT_EQ(pool.map(first_integers(3), add), (std::vector{3, 4, 5}));
}

TEST_P(seen_capture_contract, by_reference_works_in_reductions) {
  int modulus = 97;
  const auto add = [&](int left, int right) { return (left + right) % modulus; };
  EXPECT_EQ(pool.reduce(first_integers(1000), 0, add), 499'500 % 97);
}

TEST_P(capture_contract, that_a_task_without_a_result_could_write_through_is_refused) {
  int sum = 0;
  std::vector<int> seen(10);
  EXPECT_THROW(pool.for_each(first_integers(10), [&](int item) { sum += item; }), yoke::capture_error);
  EXPECT_THROW(pool.map(first_integers(10), [&](int item) { sum += item; }), yoke::capture_error);
  EXPECT_THROW(pool.for_each(first_integers(10), [&seen](int item) { seen.push_back(item); }), yoke::capture_error);
  EXPECT_THROW(pool.for_each(first_integers(10), [data = seen.data()](int item) { data[item] = item; }),
               yoke::capture_error);
  EXPECT_EQ(sum, 0);
}

TEST_P(seen_capture_contract, of_a_constant_is_no_capture_of_memory) {
  const char* text = "constant";
  EXPECT_EQ(pool.map(first_integers(2), [text](int item) { return text[item]; }), (std::vector{'c', 'o'}));
  pool.for_each(first_integers(2), [text](int item) { static_cast<void>(text[item]); });
}

TEST_P(seen_capture_contract, errors_come_back_from_processes_forked_for_the_call) {
  const std::string text = "captured";
  try {
    pool.map(first_integers(10), [&](int item) {
      if (item == 4) throw std::domain_error(text);
      return item;
    });
    FAIL() << "no error";
  } catch (const std::domain_error& error) {
    EXPECT_STREQ(error.what(), "captured");
    EXPECT_EQ(dynamic_cast<const yoke::task_failure&>(error).item(), 4U);
  }
}

TEST_P(seen_capture_contract, fresh_workers_see_globals_as_they_are_now) {
  const auto scale = [](int item) { return item * global_scale; };
  global_scale = 10;
  EXPECT_EQ(pool.map(first_integers(3), scale, yoke::fresh), (std::vector{0, 10, 20}));
  global_scale = 20;
  EXPECT_EQ(pool.map(first_integers(3), scale, {.chunk = 1, .fresh = true}), (std::vector{0, 20, 40}));
  global_scale = 1;
}

TEST_P(capture_contract, of_plain_values_is_right) {
  const int offset = 3;
  const double factor = 0.5;
  EXPECT_EQ(pool.map(first_integers(3), [offset, factor](int item) { return factor * (item + offset); }),
            (std::vector{1.5, 2.0, 2.5}));
}

TEST_P(capture_contract, may_be_no_more_than_a_function) {
  EXPECT_EQ(pool.map(first_integers(3), twice), (std::vector{0, 2, 4}));
  EXPECT_EQ(pool.map(first_integers(3), &twice), (std::vector{0, 2, 4}));
  EXPECT_EQ(pool.reduce(first_integers(100), 0, &add), 4950);
  EXPECT_EQ(pool.reduce(first_integers(100), 0L, &add_long, [](long left, long right) { return left + right; }), 4950);
}

TEST_P(capture_contract, is_announced_by_the_capabilities) {
  int here = 5;
  const auto refers = [&](int item) { return item + here; };
  if (pool.describe().sees_captures) {
    EXPECT_EQ(pool.map(first_integers(2), refers), (std::vector{5, 6}));
  } else {
    EXPECT_THROW(pool.map(first_integers(2), refers), yoke::capture_error);
  }
}

using capture_exec_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(processes, capture_exec_contract, executed_processes_only, setting_name);

TEST_P(capture_exec_contract, of_memory_that_workers_do_not_have_is_refused_with_the_cure) {
  const auto refused_for = [&](const auto& task, const yoke::call_options& options = {}) -> std::string {
    try {
      pool.map(first_integers(2), task, options);
    } catch (const yoke::capture_error& error) {
      return error.what();
    }
    return "not refused";
  };
  using testing::HasSubstr;
  int here = 5;
  const std::vector<int> table{1, 2};
  const char* text = "constant";
  int (*const function)(int) = &twice;
  const auto cure = HasSubstr("capture copies of plain values");
  EXPECT_THAT(refused_for([&](int item) { return item + here; }), AllOf(HasSubstr("the stack"), cure));
  EXPECT_THAT(refused_for([data = table.data()](int item) { return data[item]; }), AllOf(HasSubstr("the heap"), cure));
  EXPECT_THAT(refused_for([scale = &global_scale](int item) { return item * *scale; }),
              AllOf(HasSubstr("global or static variables"), cure));
  EXPECT_THAT(refused_for([text](int item) { return text[item]; }), AllOf(HasSubstr("constants or functions"), cure));
  EXPECT_THAT(refused_for([function](int item) { return function(item); }),
              AllOf(HasSubstr("constants or functions"), cure));
  EXPECT_THAT(refused_for([table](int item) { return table[static_cast<std::size_t>(item)]; }),
              AllOf(HasSubstr("not trivially copyable"), cure));
  EXPECT_THAT(refused_for(twice, yoke::fresh), AllOf(HasSubstr("fresh"), cure));
}

TEST_P(capture_exec_contract, sees_globals_as_they_are_at_the_start_of_main) {
  global_scale = 10;
  EXPECT_EQ(pool.map(first_integers(3), [](int item) { return item * global_scale; }), (std::vector{0, 1, 2}));
  global_scale = 1;
}

using capture_process_contract = on_processes;
INSTANTIATE_TEST_SUITE_P(processes, capture_process_contract, forked_processes_only, setting_name);

TEST_P(capture_process_contract, that_needs_a_fork_is_refused_while_the_program_has_other_threads) {
  int here = 5;
  const auto refers = [&](int item) { return item + here; };
  std::promise<void> leave;
  std::thread other{[until = leave.get_future()] { until.wait(); }};
  try {
    pool.map(first_integers(2), refers);
    ADD_FAILURE() << "not refused";
  } catch (const yoke::capture_error& error) {
    EXPECT_NE(std::string(error.what()).find("yoke::backend::threads"), std::string::npos) << error.what();
  }
  EXPECT_EQ(pool.map(first_integers(2), [copy = here](int item) { return item + copy; }), (std::vector{5, 6}));
  leave.set_value();
  other.join();
  EXPECT_EQ(pool.map(first_integers(2), refers), (std::vector{5, 6}));
}
