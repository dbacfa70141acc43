#include <yoke/detail/bulk_work.hpp>
#include <yoke/yoke.hpp>

#include "backends/make_backend.hpp"
#include "support/child_process.hpp"
#include "support/crash_points/crash_plan.hpp"
#include "support/host.hpp"

#include <array>
#include <chrono>
#include <cstring>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace yoke::detail;
using yoke_test::crash_plan;
using point = crash_plan::point;

using yoke_test::branded_processes;
using yoke_test::numbers;
using yoke_test::square;
using yoke_test::within;

namespace {

constexpr std::uint64_t large = 300'000;

/// Writes the chunk's number, and for every seventh chunk so many bytes behind it that the arena has to grow.
void number_chunk(chunk_call& call) {
  call.marks.begin(0, 0);
  call.results.append(&call.first, sizeof call.first);
  if (call.first % 7 == 0) {
    const std::vector<char> bytes(large, static_cast<char>(call.first));
    call.results.append(bytes.data(), bytes.size());
  }
  finish_chunk(call);
}

bool is_answer(std::uint64_t chunk, std::span<const std::byte> results) {
  std::uint64_t number = 0;
  if (results.size() != sizeof number + (chunk % 7 == 0 ? large : 0)) return false;
  std::memcpy(&number, results.data(), sizeof number);
  for (const std::byte each : results.subspan(sizeof number)) {
    if (static_cast<char>(each) != static_cast<char>(chunk)) return false;
  }
  return number == chunk;
}

/// chunk_driver stands where the engine stands: it sends chunks and sends again what comes back unfinished.
class chunk_driver final : private event_sink {
 public:
  explicit chunk_driver(backend& workers) : workers_{workers} {}

  void send(std::uint64_t chunks) {
    for (std::uint64_t chunk = 0; chunk < chunks; ++chunk) unsent_.insert(chunk);
    refill();
  }

  void refill() {
    while (!unsent_.empty()) {
      chunk_message message;
      message.entry = &number_chunk;
      message.first = message.tag = *unsent_.begin();
      message.count = 1;
      if (!workers_.send(message)) break;
      under_way_.insert(message.tag);
      unsent_.erase(message.tag);
    }
    workers_.flush();
  }

  /// finish collects until every chunk is delivered.
  void finish() {
    while (!unsent_.empty() || !under_way_.empty()) {
      if (workers_.receive(*this) == 0 && workers_.arm()) workers_.park(50ms, -1);
      refill();
    }
  }

 private:
  void on_event(const chunk_event& event) override {
    ASSERT_EQ(under_way_.erase(event.tag), 1U) << "a chunk came back twice";
    if (event.what == chunk_event::kind::finished) {
      ASSERT_TRUE(is_answer(event.tag, event.results));
    } else {
      unsent_.insert(event.tag);
    }
  }

  backend& workers_;
  std::set<std::uint64_t> unsent_;
  std::set<std::uint64_t> under_way_;
};

/// step_names are as in faults.md: where a worker may be when SIGKILL hits it.
constexpr std::array<std::pair<point, const char*>, 18> worker_steps{{
    {point::born, "before_the_ready_handshake"},
    {point::asleep, "waiting_on_the_doorbell"},
    {point::woken, "after_doorbell_before_lock"},
    {point::lock_wanted, "queued_on_the_lock"},
    {point::lock_recovered, "inside_recovery_of_the_lock"},
    {point::locked, "holding_lock_before_intent"},
    {point::intent_written, "after_intent_before_claim"},
    {point::claimed, "after_claim_before_head_moves"},
    {point::head_moved, "after_head_moved_still_holding_lock"},
    {point::unlocked, "right_after_unlock"},
    {point::room_wanted, "waiting_for_arena_space"},
    {point::result_growing, "in_the_middle_of_a_result_write"},
    {point::chunk_run, "after_the_last_item"},
    {point::record_written, "before_the_commit"},
    {point::committed, "after_commit_before_done_ring"},
    {point::published, "after_done_ring_before_slot_clear"},
    {point::intent_cleared, "before_ringing_the_coordinator"},
    {point::bell_disarmed, "before_posting_done"},
}};

class sigkill_of_a_worker : public testing::TestWithParam<std::pair<point, const char*>> {
 protected:
  void SetUp() override { crash_plan::clear(); }
  void TearDown() override { crash_plan::clear(); }
};

}  // namespace

TEST_P(sigkill_of_a_worker, loses_and_doubles_nothing) {
  const auto [where, name] = GetParam();
  const auto workers = make_backend({.workers = 4});
  chunk_driver driver{*workers};
  const bool seldom = where == point::lock_wanted || where == point::bell_disarmed;
  const std::uint64_t wanted = seldom ? 5 : 25;
  for (std::uint64_t round = 0; crash_plan::kills(where) < wanted; ++round) {
    // A worker recovers a lock, is born, or starts an arena only where another has died before; it waits for room only
    // where nobody collects.
    if (where == point::lock_recovered) crash_plan::kill_one_in(point::locked, 5);
    if (where == point::born || where == point::result_growing) crash_plan::kill_one_in(point::unlocked, 20);
    crash_plan::kill_at(where, 1 + static_cast<std::uint32_t>(round % 5), 3);
    driver.send(1000);
    if (where == point::room_wanted) {
      while (crash_plan::kills(where) == 0) std::this_thread::yield();
    }
    driver.finish();
  }
}

INSTANTIATE_TEST_SUITE_P(at, sigkill_of_a_worker, testing::ValuesIn(worker_steps),
                         [](const auto& each) { return each.param.second; });

class sigkill : public testing::Test {
 protected:
  void SetUp() override { crash_plan::clear(); }
  void TearDown() override { crash_plan::clear(); }
};

TEST_F(sigkill, of_a_thousand_replacements_at_birth_is_recovered_from) {
  yoke::pool pool{{.workers = 2}};
  // Both are born already: what dies at birth from now on is a replacement.
  for (std::set<pid_t> born; born.size() < 2;) {
    const auto pid = [](int) { return std::this_thread::sleep_for(1ms), ::getpid(); };
    for (const pid_t worker : pool.map(numbers(4), pid, {.chunk = 1})) born.insert(worker);
  }
  crash_plan::kill_at(point::born, 1, 1000);
  crash_plan::kill_at(point::unlocked, 20, 1);
  while (crash_plan::kills(point::born) < 1000) {
    ASSERT_EQ(pool.map(numbers(100), square, {.chunk = 1}).back(), 99 * 99);
  }
  EXPECT_EQ(pool.map(numbers(100), square).back(), 99 * 99);
}

TEST_F(sigkill, of_the_supervisor_between_fork_and_book_keeping_leaves_no_worker_behind) {
  yoke::pool pool{{.workers = 3}};
  for (int round = 0; round < 20; ++round) {
    crash_plan::kill_at(point::worker_forked);
    crash_plan::kill_at(point::unlocked);
    ASSERT_EQ(pool.map(numbers(300), square, {.chunk = 1}).back(), 299 * 299);
  }
  EXPECT_GE(crash_plan::kills(point::worker_forked), 1U);
}

TEST_F(sigkill, of_the_supervisor_before_it_marks_a_death_loses_nothing) {
  yoke::pool pool{{.workers = 3}};
  for (int round = 0; round < 20; ++round) {
    crash_plan::kill_at(point::death_seen);
    crash_plan::kill_at(point::unlocked);
    ASSERT_EQ(pool.map(numbers(300), square, {.chunk = 1}).back(), 299 * 299);
  }
  EXPECT_GE(crash_plan::kills(point::death_seen), 1U);
}

TEST_F(sigkill, of_the_coordinator_holding_its_mutex_leaves_nobody_behind) {
  yoke_test::child_process host{[] {
    yoke::pool pool{{.workers = 3}};
    crash_plan::kill_at(point::delivering, 7);
    pool.map(numbers(1000), square, {.chunk = 1});
    return 0;
  }};
  EXPECT_EQ(host.wait(), -SIGKILL);
  EXPECT_TRUE(within(1s, [] { return branded_processes() == 0; }));
}
