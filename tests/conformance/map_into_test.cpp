#include "conformance.hpp"

#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>

using namespace yoke_test;

namespace {

int half(int n) { return n / 2; }

}  // namespace

using map_into_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, map_into_contract, every_backend, setting_name);

using seen_map_into_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, seen_map_into_contract, every_backend_that_sees_captures, setting_name);

using shared_value_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, shared_value_contract, every_backend, setting_name);

TEST_P(map_into_contract, writes_each_result_where_its_item_is) {
  yoke::shared_array<double> out{pool, 10'000};
  for (const yoke::chunking chunk : {yoke::chunking{}, yoke::chunking{7}, yoke::guided}) {
    pool.map_into(first_integers(10'000), out, [](int n) { return n * 0.5; }, {.chunk = chunk});
    for (int n = 0; n < 10'000; ++n) ASSERT_EQ(out[static_cast<std::size_t>(n)], n * 0.5);
    std::fill(out.begin(), out.end(), 0.0);
  }
}

TEST_P(map_into_contract, takes_a_part_of_an_array_and_leaves_the_rest_alone) {
  yoke::shared_array<int> out{pool, std::vector(100, -1)};
  pool.map_into(first_integers(10), out.view().subspan(50, 10), half);
  EXPECT_EQ(std::accumulate(out.begin(), out.end(), 0), -90 + 20);
  EXPECT_EQ(out[59], 4);
}

TEST_P(map_into_contract, goes_from_one_shared_array_into_another) {
  const yoke::shared_array<int> in{pool, first_integers(100'000)};
  yoke::shared_array<long> out{pool, in.size()};
  pool.map_into(in, out, [](int n) { return 3L * n; });
  EXPECT_EQ(pool.reduce(out, 0L, std::plus<>{}), 3L * 99'999 * 50'000);
}

TEST_P(map_into_contract, takes_items_of_variable_size) {
  const std::vector<std::string> words{"", "one", "three", "eleven"};
  yoke::shared_array<std::size_t> lengths{pool, 4};
  pool.map_into(words, lengths, [](const std::string& word) { return word.size(); });
  EXPECT_EQ(std::vector(lengths.begin(), lengths.end()), (std::vector<std::size_t>{0, 3, 5, 6}));
}

TEST_P(map_into_contract, has_as_many_results_as_items) {
  yoke::shared_array<int> out{pool, 9};
  EXPECT_THROW(pool.map_into(first_integers(10), out, half), std::invalid_argument);
  EXPECT_THROW(pool.map_into(first_integers(8), out, half), std::invalid_argument);
}

TEST_P(map_into_contract, refuses_memory_that_workers_do_not_share) {
  std::vector<int> out(10);
  try {
    pool.map_into(first_integers(10), out, half);
    FAIL() << "not refused";
  } catch (const yoke::capture_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("yoke::shared_array"));
  }
  yoke::shared_array<int> shared{pool, 10};
  EXPECT_THROW(pool.map_into(first_integers(5000), std::span{shared.data(), 5000}, half), yoke::capture_error);
}

TEST_P(map_into_contract, stops_at_an_error_with_all_before_it_done) {
  yoke::shared_array<int> out{pool, std::vector(1000, -1)};
  try {
    pool.map_into(first_integers(1000), out, [](int n) {
      if (n == 500) throw std::out_of_range("five hundred");
      return n;
    });
    FAIL() << "no error";
  } catch (const std::out_of_range& error) {
    EXPECT_EQ(dynamic_cast<const yoke::task_failure&>(error).item(), 500U);
  }
  for (int n = 0; n < 500; ++n) ASSERT_EQ(out[static_cast<std::size_t>(n)], n);
}

TEST_P(seen_map_into_contract, takes_tasks_that_refer_to_memory) {
  const std::vector<int> table = first_integers(100);
  yoke::shared_array<int> out{pool, 100};
  pool.map_into(first_integers(100), out, [&](int n) { return table[static_cast<std::size_t>(99 - n)]; });
  for (int n = 0; n < 100; ++n) ASSERT_EQ(out[static_cast<std::size_t>(n)], 99 - n);
}

TEST_P(shared_value_contract, is_changed_by_all_workers_at_once) {
  yoke::shared_value<long> sum{pool, 1};
  pool.for_each(first_integers(10'000), [total = sum.atomic()](int n) { total.fetch_add(n); });
  EXPECT_EQ(*sum, 1 + 9'999L * 5'000);
}

TEST_P(shared_value_contract, is_read_by_tasks_as_it_is_at_the_call) {
  struct settings {
    double scale = 0;
    int offset = 0;
  };
  yoke::shared_value<settings> shared{pool};
  shared->scale = 0.5;
  shared->offset = 3;
  const auto apply = [now = shared.get()](int n) { return n * now->scale + now->offset; };
  EXPECT_EQ(pool.map(first_integers(3), apply), (std::vector{3.0, 3.5, 4.0}));
  shared->offset = 0;
  EXPECT_EQ(pool.map(first_integers(3), apply), (std::vector{0.0, 0.5, 1.0}));
}
