#include <yoke/yoke.hpp>

#include "support/child_process.hpp"
#include "support/host.hpp"
#include "support/shared_page.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

using yoke_test::numbers;

namespace {

const yoke_test::shared_page seen;

/// die_once kills the calling worker, once in the test's life.
void die_once(int signal) {
  if (seen[0].fetch_add(1) == 0) ::raise(signal);
}

class shared_array_of_processes : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { seen.clear(); }

  yoke::pool pool_{{.workers = GetParam()}};
};

INSTANTIATE_TEST_SUITE_P(workers, shared_array_of_processes, testing::Values(1, 3));

}  // namespace

TEST_P(shared_array_of_processes, is_right_after_a_worker_was_killed_while_writing_it) {
  yoke::shared_array<int> out{pool_, 1000};
  pool_.map_into(numbers(1000), out, [part = out.view()](int n) {
    part[static_cast<std::size_t>(n)] = -1;
    if (n == 500) die_once(SIGKILL);
    return n;
  });
  for (int n = 0; n < 1000; ++n) ASSERT_EQ(out[static_cast<std::size_t>(n)], n);
  EXPECT_EQ(seen[0].load(), 2U);
}

TEST_P(shared_array_of_processes, loses_one_element_to_a_crash) {
  yoke::shared_array<int> out{pool_, std::vector(1000, -1)};
  try {
    pool_.map_into(numbers(1000), out, [](int n) {
      if (n == 700) std::abort();
      return n;
    });
    FAIL() << "no error";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_EQ(lost.item(), 700U);
    EXPECT_EQ(lost.signal(), SIGABRT);
  }
  for (int n = 0; n < 700; ++n) ASSERT_EQ(out[static_cast<std::size_t>(n)], n);
  for (int n = 701; n < 1000; ++n) {
    const int element = out[static_cast<std::size_t>(n)];
    ASSERT_TRUE(element == n || element == -1) << n << ": " << element;
  }
}

TEST_P(shared_array_of_processes, survives_the_end_of_all_workers_and_their_supervisor) {
  yoke::shared_array<int> squares{pool_, 1000};
  pool_.map_into(numbers(1000), squares, yoke_test::square);
  const std::vector<int> parents = pool_.map(std::vector{0}, [](int) { return static_cast<int>(::getppid()); });
  ::kill(parents[0], SIGKILL);
  const long sum = pool_.reduce(
      squares, 0L, [](long total, int n) { return total + n; }, std::plus<>{});
  EXPECT_EQ(sum, 332'833'500);
  pool_.for_each(numbers(1000), [out = squares.view()](int n) { out[static_cast<std::size_t>(n)] += 1; });
  EXPECT_EQ(squares[999], 999 * 999 + 1);
}

TEST_P(shared_array_of_processes, is_sorted_although_workers_are_killed_at_every_step) {
  std::vector<int> expected = numbers(100'000);
  yoke::shared_array<int> shared{pool_, expected};
  std::reverse(shared.begin(), shared.end());
  yoke::sort(pool_, shared, [](int a, int b) {
    if (a % 10'000 == 0 && seen[static_cast<std::size_t>(a / 10'000) + 1].fetch_add(1) % 200 == 7) ::raise(SIGKILL);
    return a < b;
  });
  EXPECT_EQ(std::vector(shared.begin(), shared.end()), expected);
  EXPECT_GE(seen[1].load(), 7U);
}

TEST_P(shared_array_of_processes, is_scanned_although_workers_are_killed) {
  const yoke::shared_array<int> ones{pool_, std::vector(100'000, 1)};
  yoke::shared_array<int> totals{pool_, ones.size()};
  yoke::inclusive_scan(pool_, ones, totals, [](int total, int one) {
    if (total % 20'000 == 4000 && seen[static_cast<std::size_t>(total / 20'000)].fetch_add(1) < 2) ::raise(SIGKILL);
    return total + one;
  });
  EXPECT_EQ(std::vector(totals.begin(), totals.end()), [] {
    std::vector<int> all = numbers(100'000);
    for (int& number : all) ++number;
    return all;
  }());
}

TEST_P(shared_array_of_processes, loses_nothing_to_a_comparison_that_crashes) {
  const std::vector<int> expected = numbers(100'000);
  yoke::shared_array<int> shared{pool_, expected};
  std::reverse(shared.begin(), shared.end());
  const auto crash_late = [](int a, int b) {
    if (a == 50'000 && b == 49'999 + 25'000) std::abort();
    return a < b;
  };
  try {
    yoke::sort(pool_, shared, crash_late);
  } catch (const yoke::worker_lost& lost) {
    EXPECT_EQ(lost.signal(), SIGABRT);
  }
  std::sort(shared.begin(), shared.end());
  EXPECT_EQ(std::vector(shared.begin(), shared.end()), expected);
}

TEST_P(shared_array_of_processes, is_read_only_in_a_copy_that_the_program_forks) {
  yoke::shared_array<int> squares{pool_, 1000};
  pool_.map_into(numbers(1000), squares, yoke_test::square);
  yoke_test::child_process reader{[&] { return squares[7] == 49 ? 0 : 1; }};
  EXPECT_EQ(reader.wait(), 0);
  yoke_test::child_process maker{[&] {
    try {
      yoke::shared_array<int> no_more{pool_, 10};
    } catch (const yoke::forked_copy&) {
      return 0;
    }
    return 1;
  }};
  EXPECT_EQ(maker.wait(), 0);
}

TEST_P(shared_array_of_processes, keeps_its_elements_when_a_forked_copy_ends) {
  yoke::shared_array<int> squares{pool_, 1000};
  pool_.map_into(numbers(1000), squares, yoke_test::square);
  yoke_test::child_process child{[&] {
    squares = yoke::shared_array<int>{};
    return 0;
  }};
  EXPECT_EQ(child.wait(), 0);
  EXPECT_EQ(squares[999], 999 * 999);
  yoke_test::child_process writer{[&] {
    ::signal(SIGSEGV, SIG_DFL);
    squares[0] = 1;
    return 0;
  }};
  EXPECT_NE(writer.wait(), 0);
  EXPECT_EQ(squares[0], 0);
}
