#include "conformance.hpp"
#include "support/number_source.hpp"
#include "support/shared_page.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <numeric>
#include <ranges>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <rapidcheck.h>

using namespace std::chrono_literals;
using namespace yoke_test;

namespace {

const shared_page page;

std::uint64_t square(std::uint64_t item) { return item * item; }

std::vector<std::uint64_t> squares(std::uint64_t count) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t item = 0; item < count; ++item) all.push_back(square(item));
  return all;
}

std::size_t length(const std::string& text) { return text.size(); }

std::uint64_t throw_from_30(std::uint64_t item) {
  if (item >= 30) throw std::out_of_range("item " + std::to_string(item));
  return item;
}

}  // namespace

class imap_contract : public on_backend {
 protected:
  void SetUp() override { page.clear(); }
};
INSTANTIATE_TEST_SUITE_P(backends, imap_contract, every_backend, setting_name);

TEST_P(imap_contract, yields_all_in_order_and_then_the_end_for_ever) {
  auto stream = pool.imap(std::views::iota(std::uint64_t{0}, std::uint64_t{1000}), square, {.chunk = 100});
  std::vector<std::uint64_t> all;
  auto at = stream.begin();
  for (; at != stream.end(); ++at) all.push_back(*at);
  EXPECT_EQ(all, squares(1000));
  for (int again = 0; again < 3; ++again) {
    ++at;
    EXPECT_EQ(at, stream.end());
    EXPECT_EQ(stream.begin(), stream.end());
  }
}

TEST_P(imap_contract, does_not_depend_on_the_chunk_size_or_the_window) {
  for (const int chunk : {1, 7, 1000}) {
    for (const std::size_t window : {1, 2, 50, 5000}) {
      EXPECT_EQ(all_of_stream(pool.imap(number_source{300}, square, {.chunk = chunk, .window = window})), squares(300));
    }
  }
  EXPECT_EQ(all_of_stream(pool.imap(number_source{300}, square, {.chunk = yoke::guided})), squares(300));
}

TEST_P(imap_contract, unordered_yields_the_same_results_each_with_its_index) {
  std::set<std::uint64_t> seen;
  for (const auto& [index, result] : pool.imap_unordered(number_source{1000}, square, {.chunk = 3})) {
    EXPECT_EQ(result, square(index));
    seen.insert(index);
  }
  EXPECT_EQ(seen.size(), 1000U);
}

TEST_P(imap_contract, of_nothing_ends_at_once) {
  EXPECT_TRUE(all_of_stream(pool.imap(number_source{0}, square)).empty());
  EXPECT_TRUE(all_of_stream(pool.imap(std::vector<std::uint64_t>{}, square, {.chunk = 7})).empty());
  EXPECT_TRUE(all_of_stream(pool.imap_unordered(number_source{0}, square)).empty());
}

TEST_P(imap_contract, does_nothing_before_it_is_read) {
  number_source input;
  const auto unread = pool.imap(input, square);
  EXPECT_EQ(input.pulled(), 0U);
}

TEST_P(imap_contract, an_input_that_throws_at_once_surfaces_at_the_first_read_and_a_second_call_works) {
  auto broken = pool.imap(number_source{10, 0}, square);
  EXPECT_THROW(static_cast<void>(broken.begin()), std::domain_error);
  EXPECT_EQ(broken.begin(), broken.end());
  EXPECT_EQ(all_of_stream(pool.imap(number_source{10}, square)), squares(10));
}

TEST_P(imap_contract, an_input_that_throws_surfaces_unchanged_behind_the_results_before_it) {
  for (const int chunk : {1, 4, 100}) {
    std::vector<std::uint64_t> all;
    try {
      for (const auto result : pool.imap(number_source{100, 42}, square, {.chunk = chunk})) all.push_back(result);
      FAIL() << "no error";
    } catch (const std::domain_error& error) {
      EXPECT_STREQ(error.what(), "the input broke");
      EXPECT_EQ(dynamic_cast<const yoke::task_failure*>(&error), nullptr);
    }
    EXPECT_EQ(all, squares(42));
  }
}

TEST_P(imap_contract, with_a_window_of_2_on_an_endless_input_reads_no_further_ahead) {
  number_source input;
  std::uint64_t yielded = 0;
  for (const auto result : pool.imap(input, square, {.window = 2})) {
    EXPECT_EQ(result, square(yielded++));
    EXPECT_LE(input.pulled(), yielded + 2);
    if (yielded == 100) break;
  }
}

TEST_P(imap_contract, the_window_bounds_what_waits_for_a_slow_item) {
  number_source input;
  const auto slow_first = [](std::uint64_t item) {
    if (item == 0) std::this_thread::sleep_for(50ms);
    return item;
  };
  auto stream = pool.imap(input, slow_first, {.chunk = 1, .window = 10});
  EXPECT_EQ(*stream.begin(), 0U);
  EXPECT_LE(input.pulled(), 10U);
}

TEST_P(imap_contract, the_window_is_also_one_of_bytes) {
  constexpr std::uint64_t megabyte = 1'000'000;
  number_source input{40};
  std::uint64_t yielded = 0;
  const auto strings = [](std::uint64_t item) { return std::string(megabyte, static_cast<char>('a' + item % 26)); };
  for (const auto& text : pool.imap(input, strings, {.chunk = 1, .window = 1000, .window_bytes = 3 * megabyte})) {
    ASSERT_EQ(text.size(), megabyte);
    EXPECT_EQ(text.back(), static_cast<char>('a' + yielded % 26));
    ++yielded;
  }
  EXPECT_EQ(yielded, 40U);
}

TEST_P(imap_contract, reads_an_istream) {
  std::istringstream words{"one two three four"};
  const auto lengths = all_of_stream(pool.imap(std::views::istream<std::string>(words), length));
  EXPECT_EQ(lengths, (std::vector<std::size_t>{3, 3, 5, 4}));
}

TEST_P(imap_contract, takes_items_and_results_that_can_only_be_moved) {
  const auto doubled = [](const std::unique_ptr<int>& item) { return std::make_unique<int>(2 * *item); };
  std::vector<int> all;
  for (auto& result : pool.imap(pointer_source{20}, doubled, {.chunk = 3})) all.push_back(*std::move(result));
  std::vector<int> expected;
  for (int left = 20; left > 0; --left) expected.push_back(2 * left);
  EXPECT_EQ(all, expected);
}

TEST_P(imap_contract, refers_to_named_ranges_and_keeps_temporary_ones) {
  std::vector<std::string> named(50, "named");
  EXPECT_EQ(all_of_stream(pool.imap(named, length)), std::vector<std::size_t>(50, 5));
  auto kept = pool.imap(std::vector<std::string>(50, "temporary"), length, {.chunk = 1});
  auto moved = std::move(kept);
  EXPECT_EQ(all_of_stream(moved), std::vector<std::size_t>(50, 9));
}

TEST_P(imap_contract, a_task_without_a_result_yields_something_for_each_item) {
  const auto count = [](std::uint64_t) { ++page[0]; };
  EXPECT_EQ(all_of_stream(pool.imap(number_source{100}, count, {.chunk = 9})), std::vector<std::monostate>(100));
  EXPECT_EQ(page[0], 100U);
}

TEST_P(imap_contract, carries_large_items_and_results) {
  std::vector<std::string> items;
  for (int i = 0; i < 12; ++i) items.emplace_back(3'000'000, static_cast<char>('a' + i));
  const auto turned = all_of_stream(pool.imap(items, [](const std::string& item) { return item + '!'; }));
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(turned.at(i), items[i] + '!');
}

TEST_P(imap_contract, the_first_error_by_index_is_thrown_in_its_place) {
  for (const int chunk : {1, 7, 100}) {
    std::vector<std::uint64_t> all;
    auto stream = pool.imap(number_source{}, throw_from_30, {.chunk = chunk});
    try {
      for (const auto result : stream) all.push_back(result);
      FAIL() << "no error";
    } catch (const std::out_of_range& error) {
      EXPECT_STREQ(error.what(), "item 30");
      EXPECT_EQ(dynamic_cast<const yoke::task_failure&>(error).item(), 30U);
    }
    std::vector<std::uint64_t> expected(30);
    std::iota(expected.begin(), expected.end(), std::uint64_t{0});
    EXPECT_EQ(all, expected);
    EXPECT_EQ(stream.begin(), stream.end());
  }
  EXPECT_EQ(all_of_stream(pool.imap(number_source{5}, square)), squares(5));
}

TEST_P(imap_contract, unordered_throws_the_first_error_by_index_behind_all_items_before_it) {
  std::set<std::uint64_t> seen;
  try {
    for (const auto& [index, result] : pool.imap_unordered(number_source{}, throw_from_30, {.chunk = 4})) {
      seen.insert(index);
    }
    FAIL() << "no error";
  } catch (const std::out_of_range& error) {
    EXPECT_STREQ(error.what(), "item 30");
  }
  for (std::uint64_t item = 0; item < 30; ++item) EXPECT_TRUE(seen.contains(item)) << item;
}

TEST_P(imap_contract, outcomes_tell_the_error_of_each_item_and_go_on) {
  const auto odd_ones_throw = [](std::uint64_t item) {
    if (item % 2 == 1) throw std::out_of_range("item " + std::to_string(item));
    return std::to_string(item);
  };
  std::uint64_t next = 0;
  for (auto& each : pool.imap(number_source{100}, odd_ones_throw, yoke::outcomes, {.chunk = 5})) {
    EXPECT_EQ(each.index(), next);
    EXPECT_EQ(each.has_value(), next % 2 == 0);
    if (each) {
      EXPECT_EQ(each.value(), std::to_string(next));
      EXPECT_EQ(each.error(), nullptr);
    } else {
      EXPECT_THROW(each.value(), std::out_of_range);
      EXPECT_EQ(each.value_or("none"), "none");
    }
    ++next;
  }
  EXPECT_EQ(next, 100U);
}

TEST_P(imap_contract, unordered_outcomes_come_for_each_item_once) {
  std::vector<int> seen(200);
  for (const auto& each :
       pool.imap_unordered(number_source{200},
                           [](std::uint64_t item) { return item % 3 == 0 ? throw std::domain_error("third") : item; },
                           yoke::outcomes, {.chunk = 7})) {
    ++seen.at(each.index());
    EXPECT_EQ(each.has_value(), each.index() % 3 != 0);
  }
  EXPECT_EQ(seen, std::vector<int>(200, 1));
}

TEST_P(imap_contract, may_be_left_in_the_middle_and_the_pool_works_on) {
  for (const int chunk : {1, 10}) {
    for (const auto result : pool.imap(number_source{}, square, {.chunk = chunk})) {
      if (result > 1000) break;
    }
    auto dropped = pool.imap_unordered(number_source{}, square, {.chunk = chunk});
    EXPECT_NE(dropped.begin(), dropped.end());
  }
  EXPECT_EQ(all_of_stream(pool.imap(number_source{5}, square)), squares(5));
}

TEST_P(imap_contract, leaves_nothing_of_results_that_are_never_read) {
  const auto strings = [](std::uint64_t item) {
    return std::vector<std::string>(10, std::string(100, 'x') + std::to_string(item));
  };
  for (const auto& result : pool.imap(number_source{}, strings, {.chunk = 5})) {
    if (result.front().ends_with("17")) break;
  }
  EXPECT_THROW(all_of_stream(pool.imap(number_source{},
                                       [](std::uint64_t item) {
                                         if (item == 23) throw std::domain_error("23");
                                         return std::string(100, 'y');
                                       },
                                       {.chunk = 10})),
               std::domain_error);
}

TEST_P(imap_contract, two_streams_are_read_in_one_loop) {
  auto left = pool.imap(number_source{500}, square, {.chunk = 3});
  auto right = pool.imap(number_source{500}, [](std::uint64_t item) { return item + 1; }, {.chunk = 4});
  std::uint64_t item = 0;
  auto a = left.begin();
  auto b = right.begin();
  for (; a != left.end() && b != right.end(); ++a, ++b, ++item) {
    EXPECT_EQ(*a, square(item));
    EXPECT_EQ(*b, item + 1);
  }
  EXPECT_EQ(item, 500U);
}

TEST_P(imap_contract, a_stream_is_the_input_of_another) {
  const auto roots = all_of_stream(pool.imap(pool.imap(number_source{200}, square, {.chunk = 2}),
                                             [](std::uint64_t item) { return item + 1; }, {.chunk = 3}));
  ASSERT_EQ(roots.size(), 200U);
  for (std::uint64_t item = 0; item < 200; ++item) EXPECT_EQ(roots[item], square(item) + 1);
}

TEST_P(imap_contract, other_calls_may_be_made_while_it_is_open) {
  std::uint64_t item = 0;
  for (const auto result : pool.imap(number_source{50}, square, {.chunk = 2})) {
    EXPECT_EQ(result, square(item++));
    EXPECT_EQ(pool.map(first_integers(10), [](int each) { return each; }), first_integers(10));
  }
  EXPECT_EQ(item, 50U);
}

TEST_P(imap_contract, many_threads_read_streams_of_one_pool_each_its_own_input) {
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < 8; ++thread) {
    threads.emplace_back([this, thread, &right] {
      for (int round = 0; round < 5; ++round) {
        number_source input{200};
        std::uint64_t next = 0;
        const auto shifted = [thread](std::uint64_t item) { return item + thread; };
        for (const auto result : pool.imap(input, shifted, {.chunk = 1 + round})) {
          if (result == thread + next++) ++right;
        }
        if (input.reader() == std::this_thread::get_id()) ++right;
      }
    });
  }
  for (auto& each : threads) each.join();
  EXPECT_EQ(right, 8 * 5 * 201);
}

TEST_P(imap_contract, refuses_options_out_of_range_at_once) {
  EXPECT_THROW(static_cast<void>(pool.imap(number_source{3}, square, {.chunk = 0})), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(pool.imap(number_source{3}, square, {.attempts = 0})), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(pool.imap(number_source{3}, square, {.deadline = 1ns})), std::invalid_argument);
}

TEST_P(imap_contract, is_refused_from_inside_a_task) {
  if (!pool.describe().shares_memory) return;  // in a process the task finds no pool
  EXPECT_THROW(pool.map(first_integers(1), [this](int) { return all_of_stream(pool.imap(number_source{3}, square)); }),
               std::logic_error);
}

TEST_P(imap_contract, completes_a_million_tiny_items) {
  std::uint64_t item = 0;
  for (const auto result : pool.imap(number_source{1'000'000}, [](std::uint64_t each) { return each ^ 1; })) {
    ASSERT_EQ(result, item++ ^ 1);
  }
  EXPECT_EQ(item, 1'000'000U);
}

TEST_P(imap_contract, equals_a_loop_for_any_input_chunk_and_window) {
  rc::check([this](const std::vector<std::string>& items, std::uint8_t chunk, std::uint8_t window, bool ordered) {
    const auto task = [](const std::string& item) {
      if (item.size() % 5 == 4) throw std::domain_error(item);
      return item + item;
    };
    const yoke::stream_options options{.chunk = 1 + chunk % 20, .window = static_cast<std::size_t>(window % 40)};
    const auto texts_of = [&](auto&& stream) {
      std::vector<std::string> texts(items.size(), "missing");
      std::uint64_t next = 0;
      for (const auto& each : stream) {
        if (ordered && each.index() != next++) texts.emplace_back("out of order");
        std::string& text = texts.at(each.index());
        text = text == "missing" ? each.value_or("thrown") : "twice";
      }
      return texts;
    };
    std::vector<std::string> expected;
    for (const auto& item : items) expected.push_back(item.size() % 5 == 4 ? "thrown" : item + item);
    RC_ASSERT((ordered ? texts_of(pool.imap(items, task, yoke::outcomes, options))
                       : texts_of(pool.imap_unordered(items, task, yoke::outcomes, options))) == expected);
  });
}

class imap_captures : public on_backend {};
INSTANTIATE_TEST_SUITE_P(backends, imap_captures, every_backend_that_sees_captures, setting_name);

TEST_P(imap_captures, a_task_may_refer_to_memory_as_it_is_when_the_stream_is_made) {
  std::vector<std::uint64_t> table(100);
  for (std::uint64_t i = 0; i < 100; ++i) table[i] = 3 * i;
  std::uint64_t item = 0;
  for (const auto result :
       pool.imap(number_source{100}, [&](std::uint64_t each) { return table[each]; }, {.chunk = 7})) {
    EXPECT_EQ(result, 3 * item++);
  }
  EXPECT_EQ(item, 100U);
  const auto summed = all_of_stream(pool.imap(number_source{3}, [table](std::uint64_t each) { return table[each]; }));
  EXPECT_EQ(summed, (std::vector<std::uint64_t>{0, 3, 6}));
}

TEST_P(imap_captures, a_stream_that_is_left_leaves_nothing_of_processes_made_for_it) {
  std::uint64_t offset = 5;
  for (const auto result : pool.imap(number_source{}, [&](std::uint64_t item) { return item + offset; })) {
    if (result > 50) break;
  }
  auto unread = pool.imap(number_source{}, square, {.fresh = true});
}
