#include "memory/segment.hpp"
#include "support/child_process.hpp"
#include "sys/clock.hpp"
#include "sys/doorbell.hpp"

#include <chrono>
#include <csignal>
#include <new>
#include <thread>

#include <gtest/gtest.h>
#include <sys/time.h>

namespace yoke::detail {
namespace {

using namespace std::chrono_literals;
using yoke_test::child_process;

struct doorbell_test : testing::Test {
  segment memory{segment::home::shared, std::size_t{1} << 20, std::size_t{1} << 16};
  doorbell& bell = *new (memory.base()) doorbell;
  doorbell& other_bell = *new (memory.base() + 256) doorbell;
};

TEST_F(doorbell_test, has_not_been_rung_at_first) {
  EXPECT_FALSE(bell.try_wait());
  EXPECT_FALSE(bell.wait_for(0s));
  EXPECT_FALSE(bell.wait_for(-1s));
}

TEST_F(doorbell_test, lets_one_wait_through_for_each_ring) {
  bell.ring();
  bell.ring();
  EXPECT_TRUE(bell.wait_for(0s));
  EXPECT_TRUE(bell.try_wait());
  EXPECT_FALSE(bell.try_wait());
}

TEST_F(doorbell_test, waits_as_long_as_it_was_told_when_nobody_rings) {
  const auto start = monotonic_now();
  EXPECT_FALSE(bell.wait_for(30ms));
  EXPECT_GE(monotonic_now() - start, 30ms);
}

TEST_F(doorbell_test, may_be_waited_for_without_an_end) {
  std::thread ringer([this] { bell.ring(); });
  EXPECT_TRUE(bell.wait_for(std::chrono::nanoseconds::max()));
  ringer.join();
}

TEST_F(doorbell_test, shows_a_woken_thread_what_was_written_before_the_ring) {
  int written = 0;
  std::thread sleeper([&] {
    for (int expected = 1; expected <= 2000; ++expected) {
      ASSERT_TRUE(bell.wait_for(30s));
      ASSERT_EQ(written, expected);
      other_bell.ring();
    }
  });
  for (int value = 1; value <= 2000; ++value) {
    written = value;
    bell.ring();
    ASSERT_TRUE(other_bell.wait_for(30s));
  }
  sleeper.join();
}

TEST_F(doorbell_test, wakes_a_sleeping_process) {
  child_process sleeper([this] {
    other_bell.ring();
    return bell.wait_for(30s) ? 0 : 1;
  });
  ASSERT_TRUE(other_bell.wait_for(10s));
  bell.ring();
  EXPECT_EQ(sleeper.wait(), 0);
}

TEST_F(doorbell_test, still_works_after_a_sleeping_process_was_killed) {
  child_process sleeper([this] {
    other_bell.ring();
    return bell.wait_for(30s) ? 0 : 1;
  });
  ASSERT_TRUE(other_bell.wait_for(10s));
  EXPECT_EQ(sleeper.kill(), -SIGKILL);
  bell.ring();
  EXPECT_TRUE(bell.wait_for(10s));
}

TEST_F(doorbell_test, is_not_disturbed_by_signals) {
  child_process sleeper([this] {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    if (::sigaction(SIGALRM, &action, nullptr) != 0) return 2;
    const itimerval every_millisecond{{0, 1000}, {0, 1000}};
    if (::setitimer(ITIMER_REAL, &every_millisecond, nullptr) != 0) return 3;
    const auto start = monotonic_now();
    if (bell.wait_for(50ms)) return 4;
    return monotonic_now() - start >= 50ms ? 0 : 1;
  });
  EXPECT_EQ(sleeper.wait(), 0);
}

TEST_F(doorbell_test, forgets_what_was_rung_when_drained) {
  for (int i = 0; i < 1000; ++i) bell.ring();
  bell.drain();
  EXPECT_FALSE(bell.try_wait());
  bell.ring();
  EXPECT_TRUE(bell.try_wait());
}

}  // namespace
}  // namespace yoke::detail
