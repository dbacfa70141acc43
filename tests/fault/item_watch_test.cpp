#include "backends/process_backend.hpp"
#include "support/bare_queue.hpp"
#include "support/shared_page.hpp"

#include <chrono>
#include <csignal>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace yoke::detail;
using yoke_test::event_log;

namespace {

const yoke_test::shared_page seen;
enum : std::size_t { running, ignored_sigterm, stopped_politely };

/// A chunk_entry of one closure, a number: items equal to it take for ever, the others no time.
template <void (*wait_for_ever)()>
void hangs_at(chunk_call& call) {
  const std::uint64_t bad = *reinterpret_cast<const std::uint64_t*>(call.input);
  for (std::uint64_t offset = 0; offset < call.count; ++offset) {
    call.marks.begin(offset, call.results.size());
    const std::uint64_t number = call.first + offset;
    if (number == bad) wait_for_ever();
    call.results.append(&number, sizeof number);
    ++call.items_done;
  }
  call.result_bytes = call.results.size();
}

void loop() {
  ++seen[running];
  for (;;) ::pause();
}

void ignore_sigterm() {
  std::signal(
      SIGTERM, +[](int) { ++seen[ignored_sigterm]; });
  loop();
}

void fork_and_loop() {
  if (::fork() == 0) loop();
  loop();
}

class item_watch_on_process_backend : public testing::Test {
 protected:
  void SetUp() override { seen.clear(); }

  chunk_message chunk(chunk_entry entry, std::uint64_t count, std::uint64_t bad, std::chrono::nanoseconds deadline) {
    chunk_message message;
    auto* const input = workers_.allocate(sizeof bad);
    std::memcpy(input, &bad, sizeof bad);
    message.entry = entry;
    message.count = count;
    message.input = input;
    message.input_bytes = sizeof bad;
    message.tag = ++last_tag_;
    message.deadline = deadline;
    message.guarded = true;
    return message;
  }

  /// Sends the chunk and waits for its event.
  yoke_test::recorded_event run(const chunk_message& message) {
    EXPECT_TRUE(workers_.send(message));
    workers_.flush();
    event_log log;
    while (log.events.empty()) {
      if (workers_.receive(log) == 0 && workers_.arm()) workers_.park(100ms, -1);
    }
    return log.events.front();
  }

  process_backend workers_{{.workers = 2}};
  std::uint64_t last_tag_ = 0;
};

}  // namespace

TEST_F(item_watch_on_process_backend, ends_an_item_at_its_deadline_and_keeps_those_before_it) {
  const auto event = run(chunk(hangs_at<loop>, 10, 6, 30ms));
  EXPECT_EQ(event.what, chunk_event::kind::lost);
  EXPECT_EQ(event.cause, end_cause::deadline);
  EXPECT_EQ(event.items_done, 6U);
  EXPECT_EQ(event.results, (std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5}));
}

TEST_F(item_watch_on_process_backend, ends_an_item_that_ignores_sigterm) {
  const auto event = run(chunk(hangs_at<ignore_sigterm>, 3, 1, 20ms));
  EXPECT_EQ(event.cause, end_cause::deadline);
  EXPECT_EQ(event.signal, SIGKILL);
  EXPECT_EQ(seen[ignored_sigterm].load(), 1U);
}

TEST_F(item_watch_on_process_backend, ends_the_children_of_an_overdue_item) {
  const auto event = run(chunk(hangs_at<fork_and_loop>, 3, 1, 20ms));
  EXPECT_EQ(event.cause, end_cause::deadline);
  EXPECT_GE(seen[running].load(), 1U);  // what is left of them shows when the test ends
}

TEST_F(item_watch_on_process_backend, leaves_items_alone_that_keep_their_deadline_in_a_long_chunk) {
  constexpr auto nap = +[](chunk_call& call) {
    for (std::uint64_t offset = 0; offset < call.count; ++offset) {
      call.marks.begin(offset, 0);
      std::this_thread::sleep_for(2ms);
      ++call.items_done;
    }
  };
  const auto event = run(chunk(nap, 600, 0, 1s));
  EXPECT_EQ(event.what, chunk_event::kind::finished);
  EXPECT_EQ(event.items_done, 600U);
}

TEST_F(item_watch_on_process_backend, never_hits_the_next_item_when_one_ends_at_its_deadline) {
  // Items of just about their deadline: some make it, some do not; whichever is ended, it is the one that is named.
  constexpr auto close_call = +[](chunk_call& call) {
    for (std::uint64_t offset = 0; offset < call.count; ++offset) {
      call.marks.begin(offset, call.results.size());
      if (offset % 2 == 0) std::this_thread::sleep_for(std::chrono::microseconds{100 * call.first});
      call.results.append(&offset, sizeof offset);
      ++call.items_done;
    }
    call.result_bytes = call.results.size();
  };
  constexpr std::size_t most_deaths = 1500;  // on a busy machine nearly all are late
  std::size_t ended = 0;
  for (std::uint64_t close_calls = 0, round = 0; close_calls < 10'000 && ended < most_deaths; ++round) {
    chunk_message message = chunk(close_call, 100, 0, 1ms);
    message.first = 6 + round % 6;  // tenths of a ms of each second item
    const auto event = run(message);
    close_calls += event.items_done / 2 + (event.what == chunk_event::kind::lost ? 1 : 0);
    ASSERT_EQ(event.results.size(), event.items_done);
    if (event.what == chunk_event::kind::lost) {
      ++ended;
      ASSERT_EQ(event.items_done % 2, 0U) << "an item without delay was ended";
      ASSERT_EQ(event.cause, end_cause::deadline);
    }
  }
  EXPECT_GT(ended, 0U);
}

TEST_F(item_watch_on_process_backend, interrupts_a_running_item_on_request) {
  ASSERT_TRUE(workers_.send(chunk(hangs_at<loop>, 3, 1, 0ns)));
  workers_.flush();
  while (seen[running] == 0) std::this_thread::yield();
  EXPECT_TRUE(workers_.interrupt(last_tag_, 1));
  event_log log;
  while (log.events.empty()) {
    if (workers_.receive(log) == 0 && workers_.arm()) workers_.park(100ms, -1);
  }
  EXPECT_EQ(log.events.front().cause, end_cause::interrupted);
  EXPECT_EQ(log.events.front().items_done, 1U);
  EXPECT_EQ(run(chunk(hangs_at<loop>, 3, 99, 0ns)).items_done, 3U);
}

TEST_F(item_watch_on_process_backend, does_not_interrupt_what_is_not_running) {
  EXPECT_FALSE(workers_.interrupt(77, 0));
}
