#include "backends/thread_backend.hpp"

#include "support/bare_queue.hpp"

#include <array>
#include <chrono>
#include <set>

#include <gtest/gtest.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace yoke::detail;
using yoke_test::event_log;

namespace {

/// Sends items [0, total) in chunks of `grain`, at most `window` at a time, and waits for all of them.
event_log run_all(backend& workers, std::uint64_t total, std::uint64_t grain, std::size_t window, int also = -1) {
  event_log log;
  std::uint64_t next = 0;
  std::uint64_t sent = 0;
  while (next < total || log.events.size() < sent) {
    workers.receive(log);
    while (next < total && sent - log.events.size() < window) {
      chunk_message message;
      message.entry = yoke_test::item_numbers;
      message.first = next;
      message.count = std::min(grain, total - next);
      message.tag = sent;
      if (!workers.send(message)) break;
      next += message.count;
      ++sent;
    }
    workers.flush();
    if (log.events.size() < sent && workers.arm()) workers.park(100ms, also);
  }
  return log;
}

void expect_each_once(const event_log& log, std::uint64_t total) {
  std::vector<int> seen(total, 0);
  for (const auto& event : log.events) {
    for (const std::uint64_t number : event.results) ++seen.at(number);
  }
  for (std::uint64_t number = 0; number < total; ++number) ASSERT_EQ(seen[number], 1) << "item " << number;
}

class thread_backend_test : public testing::TestWithParam<std::uint32_t> {};

}  // namespace

TEST_P(thread_backend_test, delivers_every_item_once) {
  thread_backend workers{GetParam()};
  expect_each_once(run_all(workers, 20'000, 7, 64), 20'000);
}

TEST_P(thread_backend_test, keeps_going_with_one_chunk_at_a_time) {
  thread_backend workers{GetParam()};
  expect_each_once(run_all(workers, 500, 1, 1), 500);
}

TEST_P(thread_backend_test, survives_more_chunks_than_it_has_room_for) {
  thread_backend workers{GetParam()};
  expect_each_once(run_all(workers, 10'000, 1, 5'000), 10'000);
}

TEST_P(thread_backend_test, wakes_a_coordinator_that_polls_descriptors) {
  thread_backend workers{GetParam()};
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(::pipe(pipe_ends.data()), 0);
  expect_each_once(run_all(workers, 300, 1, 2, pipe_ends[0]), 300);
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

INSTANTIATE_TEST_SUITE_P(workers, thread_backend_test, testing::Values(1U, 2U, 7U));

TEST(thread_backend, says_what_it_can_do) {
  const thread_backend workers{3};
  const yoke::capabilities can = workers.describe();
  EXPECT_EQ(can.workers, 3U);
  EXPECT_TRUE(can.shares_memory);
  EXPECT_FALSE(can.isolates_crashes);
  EXPECT_FALSE(can.can_kill);
}

TEST(thread_backend, returns_from_park_when_the_other_descriptor_is_readable) {
  thread_backend workers{1};
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(::pipe(pipe_ends.data()), 0);
  ASSERT_EQ(::write(pipe_ends[1], "x", 1), 1);
  ASSERT_TRUE(workers.arm());
  workers.park(1h, pipe_ends[0]);  // the watchdog ends a test that stays here
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

TEST(thread_backend, names_the_thread_that_ran_a_chunk) {
  thread_backend workers{2};
  for (const auto& event : run_all(workers, 200, 1, 16).events) {
    EXPECT_GE(event.worker, 0);
    EXPECT_LT(event.worker, 2);
  }
}
