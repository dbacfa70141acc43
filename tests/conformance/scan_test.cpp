#include "conformance.hpp"

#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <span>
#include <stdexcept>
#include <vector>

using namespace yoke_test;

namespace {

/// affine is x -> scale * x + offset; joining two is doing one after the other, which does not commute.
struct affine {
  unsigned scale = 1;
  unsigned offset = 0;
  bool operator==(const affine&) const = default;
};

constexpr auto then = [](const affine& first, const affine& second) {
  return affine{first.scale * second.scale, first.offset * second.scale + second.offset};
};

template <class T>
std::vector<T> contents(const yoke::shared_array<T>& array) {
  return {array.begin(), array.end()};
}

std::vector<double> awkward_numbers(std::size_t count) {
  std::vector<double> numbers(count);
  for (std::size_t i = 0; i < count; ++i) {
    numbers[i] = std::ldexp(1.0 + 1.0 / static_cast<double>(i + 1), static_cast<int>(i * 7 % 60) - 30);
  }
  return numbers;
}

}  // namespace

using scan_contract = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, scan_contract, every_backend, setting_name);

TEST_P(scan_contract, writes_running_totals_of_any_number_of_elements) {
  for (const int count : {0, 1, 2, 8191, 8192, 8193, 100'000}) {
    const yoke::shared_array<int> in{pool, std::vector(static_cast<std::size_t>(count), 1)};
    yoke::shared_array<int> out{pool, in.size()};
    yoke::inclusive_scan(pool, in, out);
    for (int n = 0; n < count; ++n) ASSERT_EQ(out[static_cast<std::size_t>(n)], n + 1);
    yoke::inclusive_scan(pool, in, out, std::plus<>{}, 1000);
    for (int n = 0; n < count; ++n) ASSERT_EQ(out[static_cast<std::size_t>(n)], n + 1001);
  }
}

TEST_P(scan_contract, keeps_the_order_where_the_operation_does_not_commute) {
  std::vector<affine> steps;
  for (unsigned n = 0; n < 50'000; ++n) steps.push_back({n % 7 + 1, n % 13});
  std::vector<affine> expected(steps.size());
  std::inclusive_scan(steps.begin(), steps.end(), expected.begin(), then, affine{3, 5});
  const yoke::shared_array<affine> in{pool, steps};
  yoke::shared_array<affine> out{pool, steps.size()};
  yoke::inclusive_scan(pool, in, out, then, affine{3, 5});
  EXPECT_EQ(contents(out), expected);
}

TEST_P(scan_contract, has_the_same_bits_on_any_backend_with_any_number_of_workers) {
  const auto numbers = awkward_numbers(60'000);
  yoke::pool reference{yoke::backend::serial};
  yoke::shared_array<double> expected{reference, numbers.size()};
  yoke::inclusive_scan(reference, yoke::shared_array<double>{reference, numbers}, expected);
  const yoke::shared_array<double> in{pool, numbers};
  yoke::shared_array<double> out{pool, numbers.size()};
  yoke::inclusive_scan(pool, in, out);
  EXPECT_EQ(contents(out), contents(expected));
}

TEST_P(scan_contract, refuses_an_output_that_does_not_suit) {
  yoke::shared_array<int> array{pool, 100};
  EXPECT_THROW(yoke::inclusive_scan(pool, array.view().first(10), array.view().last(11)), std::invalid_argument);
  EXPECT_THROW(yoke::inclusive_scan(pool, array.view().first(60), array.view().last(60)), std::invalid_argument);
  yoke::inclusive_scan(pool, array.view().first(50), array.view().last(50));
  std::vector<int> mine(100);
  EXPECT_THROW(yoke::inclusive_scan(pool, array, mine), yoke::capture_error);
  EXPECT_THROW(yoke::inclusive_scan(pool, mine, array), yoke::capture_error);
}

TEST_P(scan_contract, passes_on_what_the_operation_throws) {
  const yoke::shared_array<int> in{pool, first_integers(100'000)};
  yoke::shared_array<int> out{pool, in.size()};
  const auto picky = [](int total, int item) {
    if (item == 77'777) throw std::range_error("77777");
    return total ^ item;
  };
  EXPECT_THROW(yoke::inclusive_scan(pool, in, out, picky), std::range_error);
}
