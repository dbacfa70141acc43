#include <yoke/yoke.hpp>

#include "support/host.hpp"
#include "support/shared_page.hpp"

#include <array>
#include <csignal>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

using namespace yoke_test;

namespace {

const yoke_test::shared_page seen;
constexpr std::size_t places = 16;  // where workers note their pids; the first of the page

/// One worker in ten kills another, or itself, at a random moment.
int murderous_square(int n) {
  static std::minstd_rand random{static_cast<std::uint32_t>(::getpid())};
  seen[static_cast<std::size_t>(::getpid()) % places] = static_cast<std::uint64_t>(::getpid());
  if (random() % 10 == 0) {
    const auto victim = static_cast<pid_t>(seen[random() % places].load());
    // Somebody may be called so by now who has nothing to do with this.
    if (victim > 1 && ::getpgid(victim) == victim && ::getsid(victim) == ::getsid(0)) ::kill(victim, SIGKILL);
  }
  return n * n;
}

class workers_that_kill_each_other : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { seen.clear(); }
};

}  // namespace

TEST_P(workers_that_kill_each_other, leave_each_call_with_a_right_answer_or_an_error) {
  yoke::pool pool{{.workers = GetParam()}};
  int right = 0;
  for (int round = 0; round < 20; ++round) {
    try {
      const auto squares = pool.map(numbers(100), murderous_square);
      ASSERT_EQ(squares.size(), 100U);
      for (int n = 0; n < 100; ++n) ASSERT_EQ(squares[static_cast<std::size_t>(n)], n * n);
      ++right;
    } catch (const yoke::worker_lost& lost) {
      EXPECT_EQ(lost.signal(), SIGKILL);
    }
  }
  EXPECT_GT(right, 0);
  EXPECT_TRUE(works(pool));
}

INSTANTIATE_TEST_SUITE_P(process_workers, workers_that_kill_each_other, testing::Values(2, 5, 13),
                         [](const auto& each) { return std::to_string(each.param); });
