#include "conformance.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <gmock/gmock.h>

using namespace yoke_test;

namespace {

struct pixel {
  float brightness = 0.5F;
  int label = 7;
};

/// where is the address of an item as a worker sees it.
const auto where = [](const auto& item) { return reinterpret_cast<std::uintptr_t>(&item); };

template <class T>
std::vector<std::uintptr_t> addresses(std::span<const T> items) {
  std::vector<std::uintptr_t> all;
  for (const T& item : items) all.push_back(where(item));
  return all;
}

std::vector<std::size_t> first_indices(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

}  // namespace

using shared_array_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, shared_array_contract, every_backend, setting_name);

using seen_shared_array_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, seen_shared_array_contract, every_backend_that_sees_captures, setting_name);

using shared_array_lifetime_contract = without_pool;
INSTANTIATE_TEST_SUITE_P(backends, shared_array_lifetime_contract, every_backend, setting_name);

using shared_array_process_contract = on_processes;
INSTANTIATE_TEST_SUITE_P(processes, shared_array_process_contract, processes_only, setting_name);

static_assert(std::is_nothrow_move_constructible_v<yoke::shared_array<int>>);
static_assert(!std::is_copy_constructible_v<yoke::shared_array<int>>);

TEST_P(shared_array_contract, begins_with_zeros_or_what_the_type_says) {
  const yoke::shared_array<double> zeros{pool, 10'000};
  EXPECT_EQ(std::count(zeros.begin(), zeros.end(), 0.0), 10'000);
  const yoke::shared_array<pixel> pixels{pool, 3};
  EXPECT_EQ(pixels[2].brightness, 0.5F);
  EXPECT_EQ(pixels[2].label, 7);
}

TEST_P(shared_array_contract, is_written_by_tasks_that_return_nothing) {
  yoke::shared_array<int> squares{pool, 5000};
  pool.for_each(first_integers(5000), [out = squares.view()](int n) { out[static_cast<std::size_t>(n)] = n * n; });
  for (int n = 0; n < 5000; ++n) ASSERT_EQ(squares[static_cast<std::size_t>(n)], n * n);
  pool.map(first_integers(5000), [out = squares.data()](int n) { out[n] += 1; });
  for (int n = 0; n < 5000; ++n) ASSERT_EQ(squares[static_cast<std::size_t>(n)], n * n + 1);
}

TEST_P(shared_array_contract, is_seen_by_tasks_as_it_is_at_the_call) {
  yoke::shared_array<int> table{pool, first_integers(1000)};
  const auto look_up = [table = std::span<const int>{table.view()}](std::size_t n) { return table[n]; };
  EXPECT_EQ(pool.map(first_indices(1000), look_up), first_integers(1000));
  std::fill(table.begin(), table.end(), 3);
  EXPECT_EQ(pool.map(first_indices(1000), look_up), std::vector(1000, 3));
}

TEST_P(shared_array_contract, is_mapped_where_it_is) {
  const yoke::shared_array<int> items{pool, first_integers(3000)};
  EXPECT_EQ(pool.map(items, where), addresses(items.view()));
  EXPECT_EQ(pool.map(items, [](int n) { return n; }), first_integers(3000));
  const auto part = items.view().subspan(1000, 17);
  EXPECT_EQ(pool.map(part, where, {.chunk = 5}), addresses(part));
}

TEST_P(shared_array_contract, of_large_items_is_mapped_where_it_is) {
  using block = std::array<char, std::size_t{1} << 20>;
  yoke::shared_array<block> blocks{pool, 8};
  for (block& each : blocks) each.back() = static_cast<char>(&each - blocks.data());
  EXPECT_EQ(pool.map(blocks, where), addresses(std::as_const(blocks).view()));
  EXPECT_EQ(pool.map(blocks, [](const block& each) { return int{each.back()}; }), first_integers(8));
}

TEST_P(shared_array_contract, is_reduced_as_any_range) {
  std::vector<double> terms(100'000);
  for (std::size_t n = 0; n < terms.size(); ++n) terms[n] = 1.0 / static_cast<double>(n + 1);
  const yoke::shared_array<double> shared{pool, terms};
  EXPECT_EQ(pool.reduce(shared, std::plus<>{}), pool.reduce(terms, std::plus<>{}));
  EXPECT_EQ(pool.reduce(shared, 1.0, std::plus<>{}), pool.reduce(terms, 1.0, std::plus<>{}));
}

TEST_P(shared_array_contract, may_have_no_elements) {
  yoke::shared_array<int> empty{pool};
  EXPECT_TRUE(empty.empty());
  EXPECT_EQ(pool.map(empty, where), std::vector<std::uintptr_t>{});
  EXPECT_EQ(pool.reduce(empty, std::plus<>{}), std::nullopt);
  pool.map_into(std::vector<int>{}, empty, [](int n) { return n; });
  const yoke::shared_array<int> of_no_pool;
  EXPECT_TRUE(of_no_pool.empty());
}

TEST_P(shared_array_contract, can_be_handed_on) {
  yoke::shared_array<int> first{pool, first_integers(10)};
  const int* const data = first.data();
  yoke::shared_array<int> second{std::move(first)};
  EXPECT_EQ(second.data(), data);
  second = yoke::shared_array<int>{pool, 3};
  EXPECT_EQ(second.size(), 3U);
  EXPECT_EQ(second[0], 0);
}

TEST_P(shared_array_contract, grows_in_place_as_far_as_was_reserved) {
  yoke::shared_array<int> numbers{pool, 2, {.reserve = 1'000'000}};
  int* const data = numbers.data();
  const auto fill = [all = std::span{data, 1'000'000}](std::size_t n) { all[n] = static_cast<int>(n); };
  numbers.resize(100'000);
  pool.for_each(first_indices(100'000), fill);
  EXPECT_EQ(numbers.data(), data);
  EXPECT_EQ(pool.map(numbers, [](int n) { return n; }), first_integers(100'000));
  EXPECT_THROW(numbers.resize(numbers.capacity() + 1), std::length_error);
  numbers.resize(3);
  numbers.resize(5000);
  EXPECT_EQ(numbers[2], 2);
  EXPECT_EQ(std::count(numbers.begin() + 3, numbers.end(), 0), 4997) << "what was dropped does not come back";
}

TEST_P(shared_array_contract, is_aligned_as_asked_for) {
  for (const std::size_t alignment : {64U, 4096U, 65'536U, 2U << 20}) {
    const yoke::shared_array<char> bytes{pool, 100, {.alignment = alignment}};
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes.data()) % alignment, 0U);
  }
  EXPECT_THROW((yoke::shared_array<int>{pool, 1, {.alignment = 96}}), std::invalid_argument);
  try {
    const yoke::shared_array<int> nowhere{pool, 1, {.alignment = std::size_t{1} << 62}};
    FAIL() << "there is no such address";
  } catch (const std::bad_alloc& error) {
    EXPECT_NE(std::string{error.what()}.find("cannot be aligned to 4611686018427387904 bytes"), std::string::npos)
        << error.what();
  }
}

TEST_P(shared_array_contract, that_is_too_large_is_an_error_that_says_what_there_is) {
  const auto refused = [&](std::size_t bytes) -> std::string {
    try {
      const yoke::shared_array<char> bytes_of_it{pool, bytes};
    } catch (const std::bad_alloc& error) {
      return error.what();
    }
    return "not refused";
  };
  EXPECT_THAT(refused(std::size_t{1} << 44), testing::HasSubstr("addresses"));
  EXPECT_THROW((yoke::shared_array<double>{pool, SIZE_MAX / 4}), std::bad_alloc);
  const yoke::shared_array<int> after{pool, 10};
  EXPECT_EQ(after[9], 0);
}

TEST_P(shared_array_contract, gives_its_memory_to_the_next) {
  const int* const first = yoke::shared_array<int>{pool, 300'000}.data();
  for (int round = 0; round < 300; ++round) {
    yoke::shared_array<int> next{pool, 300'000};
    ASSERT_EQ(next.data(), first);
    ASSERT_EQ(next[299'999], 0);
    next[299'999] = 1;
  }
}

TEST_P(shared_array_contract, is_written_by_processes_forked_for_a_call) {
  yoke::shared_array<int> squares{pool, 100};
  const auto square = [out = squares.view()](int n) { out[static_cast<std::size_t>(n)] = n * n; };
  if (!pool.describe().sees_captures) {
    EXPECT_THROW(pool.for_each(first_integers(100), square, yoke::fresh), yoke::capture_error);
    return;
  }
  pool.for_each(first_integers(100), square, yoke::fresh);
  for (int n = 0; n < 100; ++n) ASSERT_EQ(squares[static_cast<std::size_t>(n)], n * n);
}

TEST_P(seen_shared_array_contract, is_written_by_tasks_that_refer_to_it) {
  yoke::shared_array<int> squares{pool, 100};
  pool.map(first_integers(100), [&](int n) { return squares[static_cast<std::size_t>(n)] = n * n; });
  for (int n = 0; n < 100; ++n) ASSERT_EQ(squares[static_cast<std::size_t>(n)], n * n);
}

TEST_P(shared_array_process_contract, of_another_pool_is_refused_by_name) {
  yoke::pool other{{.backend = yoke::backend::processes, .workers = 1, .start = GetParam().start}};
  yoke::shared_array<int> foreign{other, 100};
  const auto message = [](const auto& call) -> std::string {
    try {
      call();
    } catch (const yoke::capture_error& error) {
      return error.what();
    }
    return "not refused";
  };
  const auto named = testing::HasSubstr("shared array of another pool");
  EXPECT_THAT(message([&] { pool.for_each(first_integers(9), [out = foreign.data()](int n) { out[n] = n; }); }), named);
  EXPECT_THAT(message([&] { pool.map_into(first_integers(100), foreign, [](int n) { return n; }); }), named);
  EXPECT_EQ(pool.map(foreign, [](int n) { return n; }), std::vector(100, 0)) << "items are copied";
}

TEST_P(shared_array_lifetime_contract, outlives_its_pool) {
  auto pool = std::make_unique<yoke::pool>(options());
  yoke::shared_array<int> numbers{*pool, 100'000, {.reserve = 200'000}};
  pool->map_into(first_integers(100'000), numbers, [](int n) { return n; });
  pool.reset();
  numbers.resize(200'000);
  EXPECT_EQ(numbers[99'999], 99'999);
  EXPECT_EQ(numbers[199'999], 0);
  yoke::pool next{options()};
  EXPECT_EQ(next.reduce(
                numbers, 0L, [](long sum, int n) { return sum + n; }, std::plus<>{}),
            99'999L * 50'000);
}
