#include <yoke/errors.hpp>

#include "support/bare_queue.hpp"

#include <set>

#include <gtest/gtest.h>

using namespace yoke::detail;
using yoke_test::bare_queue;
using enum chunk_event::kind;

namespace {

using numbers = std::vector<std::uint64_t>;

/// What a worker has written into its seat when it dies holding `slot`, at the points between two of its steps.
struct crime_scene {
  bare_queue& queue;
  std::uint32_t seat_index;
  std::uint32_t slot;

  [[nodiscard]] seat& place() const { return queue.layout.seat_at(seat_index); }
  [[nodiscard]] state_word state() const { return state_word::unpack(queue.layout.slot(slot).state.load()); }
  [[nodiscard]] hint held() const { return {slot, state().generation, false}; }

  void write_intent() const { place().intents[0].store(held().pack()); }
  void claim() const { enter(chunk_state::claimed); }
  void take_hint() const { queue.layout.claims().head.fetch_add(1); }
  void run_up_to(std::uint64_t item) const {
    numbers results;
    for (std::uint64_t done = 0; done < item; ++done) results.push_back(done);
    std::memcpy(queue.layout.arena(seat_index), results.data(), item * sizeof(std::uint64_t));
    place().running.progress.item.store(item);
    place().running.progress.bytes[item % 2].store(item * sizeof(std::uint64_t));
    place().running.offset.store(0);
    place().running.hint.store(held().pack());
  }
  void write_record(std::uint64_t items) const {
    done_record& record = place().done[place().done_tail.load() % done_capacity];
    record = {};
    record.hint = held().pack();
    record.items_done = items;
    record.result_bytes = record.total_bytes = items * sizeof(std::uint64_t);
    record.worker = static_cast<std::int32_t>(100 + seat_index);
  }
  void commit() const { enter(chunk_state::done); }
  void publish() const { place().done_tail.fetch_add(1); }

 private:
  void enter(chunk_state next) const {
    state_word word = state();
    word.state = next;
    word.seat = seat_index;
    word.incarnation = seat_life::unpack(queue.layout.control(seat_index).life.load()).incarnation;
    queue.layout.slot(slot).state.store(word.pack());
  }
};

std::multiset<std::uint64_t> delivered(const bare_queue& queue) {
  std::multiset<std::uint64_t> all;
  for (const auto& event : queue.log.events) all.insert(event.results.begin(), event.results.end());
  return all;
}

}  // namespace

TEST(queue, carries_a_chunk_to_a_worker_and_its_results_back) {
  bare_queue queue;
  worker_end worker = queue.sit(0);
  ASSERT_TRUE(queue.send(7, 40, 3));
  EXPECT_EQ(worker.run_claimed(), 1U);
  EXPECT_EQ(queue.end.collect(queue.log), 1U);
  ASSERT_EQ(queue.log.events.size(), 1U);
  const auto& event = queue.log.events.front();
  EXPECT_EQ(event.what, finished);
  EXPECT_EQ(event.tag, 7U);
  EXPECT_EQ(event.items_done, 3U);
  EXPECT_EQ(event.results, (numbers{40, 41, 42}));
  EXPECT_EQ(event.worker, 100);
  EXPECT_EQ(queue.end.in_flight(), 0U);
}

TEST(queue, tells_results_and_error_of_a_failed_item_apart) {
  bare_queue queue;
  worker_end worker = queue.sit(0);
  const std::uint64_t bad = 12;
  chunk_message message;
  message.entry = yoke_test::item_numbers;
  message.closure = &bad;
  message.first = 10;
  message.count = 5;
  ASSERT_TRUE(queue.end.send(message));
  worker.run_claimed();
  queue.end.collect(queue.log);
  ASSERT_EQ(queue.log.events.size(), 1U);
  EXPECT_EQ(queue.log.events[0].results, (numbers{10, 11}));
  EXPECT_EQ(queue.log.events[0].items_done, 2U);
  EXPECT_EQ(queue.log.events[0].error, "no");
}

TEST(queue, says_when_it_is_full_and_takes_more_after_a_delivery) {
  bare_queue queue;
  worker_end worker = queue.sit(0);
  for (std::uint64_t tag = 0; tag < queue.layout.shape().slots; ++tag) ASSERT_TRUE(queue.send(tag, tag));
  EXPECT_FALSE(queue.send(99));
  ASSERT_GT(worker.run_claimed(), 0U);
  EXPECT_FALSE(queue.send(99)) << "a finished chunk keeps its slot until it is delivered";
  queue.end.collect(queue.log);
  EXPECT_TRUE(queue.send(99));
}

TEST(queue, lets_a_claim_take_its_share_of_a_deep_queue_and_one_chunk_of_a_shallow_one) {
  bare_queue queue{{.workers = 2, .seats = 2, .slots = 64}};
  worker_end worker = queue.sit(0);
  for (std::uint64_t tag = 0; tag < 40; ++tag) ASSERT_TRUE(queue.send(tag));
  EXPECT_EQ(worker.run_claimed(), claim_batch);
  for (int round = 0; round < 20; ++round) worker.run_claimed();
  queue.end.collect(queue.log);
  EXPECT_EQ(queue.log.events.size(), 40U);
  for (std::uint64_t tag = 0; tag < 3; ++tag) ASSERT_TRUE(queue.send(tag));
  EXPECT_EQ(worker.run_claimed(), 1U);
}

TEST(queue, runs_a_chunk_marked_alone_without_company) {
  bare_queue queue{{.workers = 1, .seats = 1, .slots = 64}};
  worker_end worker = queue.sit(0);
  for (std::uint64_t tag = 0; tag < 2; ++tag) ASSERT_TRUE(queue.send(tag));
  ASSERT_TRUE(queue.send(2, 0, 1, true));
  for (std::uint64_t tag = 3; tag < 20; ++tag) ASSERT_TRUE(queue.send(tag));
  EXPECT_EQ(worker.run_claimed(), 2U);
  EXPECT_EQ(worker.run_claimed(), 1U);
  EXPECT_GT(worker.run_claimed(), 1U);
}

TEST(queue, gives_a_recalled_chunk_to_nobody) {
  bare_queue queue;
  worker_end worker = queue.sit(0);
  ASSERT_TRUE(queue.send(1, 10));
  ASSERT_TRUE(queue.send(2, 20));
  EXPECT_TRUE(queue.end.recall(1));
  EXPECT_FALSE(queue.end.recall(1)) << "it is not there any more";
  while (worker.run_claimed() > 0) {
  }
  queue.end.collect(queue.log);
  EXPECT_EQ(delivered(queue), (std::multiset<std::uint64_t>{20}));
}

TEST(queue, refuses_to_recall_a_chunk_that_was_claimed) {
  bare_queue queue;
  worker_end worker = queue.sit(0);
  ASSERT_TRUE(queue.send(1));
  worker.run_claimed();
  EXPECT_FALSE(queue.end.recall(1));
  EXPECT_EQ(queue.end.collect(queue.log), 1U);
}

TEST(queue, drops_the_hint_of_a_recalled_chunk_although_its_slot_is_in_use_again) {
  bare_queue queue;
  worker_end worker = queue.sit(0);
  ASSERT_TRUE(queue.send(1, 10));
  ASSERT_TRUE(queue.end.recall(1));
  ASSERT_TRUE(queue.send(2, 20));  // takes the slot just freed, in its next generation
  while (worker.run_claimed() > 0) {
  }
  queue.end.collect(queue.log);
  EXPECT_EQ(delivered(queue), (std::multiset<std::uint64_t>{20}));
}

TEST(queue, keeps_slots_apart_when_their_generation_wraps) {
  bare_queue queue;
  worker_end worker = queue.sit(0);
  const state_word last{chunk_state::free, 0, 0, 0, (1U << state_word::generation_bits) - 1};
  queue.layout.slot(0).state.store(last.pack());
  for (std::uint64_t tag = 1; tag <= 3; ++tag) {
    ASSERT_TRUE(queue.send(tag, tag));
    EXPECT_EQ(worker.run_claimed(), 1U);
    queue.end.collect(queue.log);
  }
  EXPECT_EQ(delivered(queue), (std::multiset<std::uint64_t>{1, 2, 3}));
}

TEST(queue, makes_a_worker_wait_rather_than_overwrite_records_not_yet_taken) {
  bare_queue queue{{.workers = 1, .seats = 1, .slots = 256}};
  worker_end worker = queue.sit(0);
  std::multiset<std::uint64_t> sent;
  for (std::uint64_t tag = 0; tag < 3 * done_capacity; ++tag) {
    ASSERT_TRUE(queue.send(tag, tag));
    sent.insert(tag);
    while (queue.layout.seat_at(0).done_tail.load() - queue.layout.control(0).delivered.load() < done_capacity &&
           worker.run_claimed() > 0) {
    }
    queue.end.collect(queue.log);
  }
  EXPECT_EQ(delivered(queue), sent);
}

TEST(queue, leaves_a_chunk_to_others_when_its_worker_dies_with_only_an_intent) {
  bare_queue queue;
  worker_end other = queue.sit(1);
  queue.sit(0);
  ASSERT_TRUE(queue.send(1, 10));
  crime_scene{queue, 0, 0}.write_intent();
  queue.die(0);
  EXPECT_EQ(queue.end.recover(queue.log), 0U);
  EXPECT_EQ(other.run_claimed(), 1U);
  queue.end.collect(queue.log);
  EXPECT_EQ(delivered(queue), (std::multiset<std::uint64_t>{10}));
}

TEST(queue, returns_a_chunk_claimed_by_a_dead_worker_before_the_head_moved_and_drops_its_hint) {
  bare_queue queue;
  worker_end other = queue.sit(1);
  queue.sit(0);
  ASSERT_TRUE(queue.send(1, 10));
  const crime_scene scene{queue, 0, 0};
  scene.write_intent();
  scene.claim();
  queue.die(0);
  EXPECT_EQ(queue.end.recover(queue.log), 1U);
  ASSERT_EQ(queue.log.events.size(), 1U);
  EXPECT_EQ(queue.log.events[0].what, returned);
  EXPECT_EQ(other.run_claimed(), 0U) << "the hint left in the ring is stale";
  EXPECT_EQ(queue.end.in_flight(), 0U);
}

TEST(queue, blames_the_running_item_of_a_dead_worker_and_delivers_those_before_it) {
  bare_queue queue;
  queue.sit(0);
  ASSERT_TRUE(queue.send(1, 0, 5));
  const crime_scene scene{queue, 0, 0};
  scene.write_intent();
  scene.claim();
  scene.take_hint();
  scene.run_up_to(3);
  queue.die(0, 11);
  EXPECT_EQ(queue.end.recover(queue.log), 1U);
  ASSERT_EQ(queue.log.events.size(), 1U);
  EXPECT_EQ(queue.log.events[0].what, lost);
  EXPECT_EQ(queue.log.events[0].items_done, 3U);
  EXPECT_EQ(queue.log.events[0].results, (numbers{0, 1, 2}));
  EXPECT_EQ(queue.log.events[0].signal, 11);
  EXPECT_EQ(queue.log.events[0].worker, 100);
}

TEST(queue, blames_nobody_when_all_items_were_finished_before_the_commit) {
  bare_queue queue;
  queue.sit(0);
  ASSERT_TRUE(queue.send(1, 0, 5));
  const crime_scene scene{queue, 0, 0};
  scene.write_intent();
  scene.claim();
  scene.take_hint();
  scene.run_up_to(5);
  queue.die(0);
  queue.end.recover(queue.log);
  ASSERT_EQ(queue.log.events.size(), 1U);
  EXPECT_EQ(queue.log.events[0].what, finished);
  EXPECT_EQ(queue.log.events[0].results, (numbers{0, 1, 2, 3, 4}));
}

TEST(queue, delivers_once_what_was_committed_but_not_published) {
  bare_queue queue;
  queue.sit(0);
  ASSERT_TRUE(queue.send(1, 0, 2));
  const crime_scene scene{queue, 0, 0};
  scene.write_intent();
  scene.claim();
  scene.take_hint();
  scene.run_up_to(2);
  scene.write_record(2);
  scene.commit();
  queue.die(0);
  EXPECT_EQ(queue.end.recover(queue.log), 1U);
  EXPECT_EQ(queue.end.collect(queue.log), 0U);
  EXPECT_EQ(delivered(queue), (std::multiset<std::uint64_t>{0, 1}));
}

TEST(queue, delivers_once_what_was_published_but_still_intended) {
  bare_queue queue;
  queue.sit(0);
  ASSERT_TRUE(queue.send(1, 0, 2));
  const crime_scene scene{queue, 0, 0};
  scene.write_intent();
  scene.claim();
  scene.take_hint();
  scene.run_up_to(2);
  scene.write_record(2);
  scene.commit();
  scene.publish();
  queue.die(0);
  EXPECT_EQ(queue.end.recover(queue.log), 1U);
  EXPECT_EQ(delivered(queue), (std::multiset<std::uint64_t>{0, 1}));
  EXPECT_EQ(queue.end.in_flight(), 0U);
}

TEST(queue, seats_a_new_incarnation_after_recovery_with_nothing_left_of_the_old_one) {
  bare_queue queue;
  queue.sit(0);
  ASSERT_TRUE(queue.send(1, 0, 5));
  const crime_scene scene{queue, 0, 0};
  scene.write_intent();
  scene.claim();
  scene.take_hint();
  scene.run_up_to(2);
  queue.die(0);
  EXPECT_TRUE(queue.end.deaths_unseen());
  queue.end.recover(queue.log);
  EXPECT_FALSE(queue.end.deaths_unseen());
  EXPECT_EQ(seat_life::unpack(queue.layout.control(0).life.load()).what, seat_life::free);
  worker_end next = queue.sit(0);
  ASSERT_TRUE(queue.send(2, 2, 3));
  EXPECT_EQ(next.run_claimed(), 1U);
  queue.end.collect(queue.log);
  EXPECT_EQ(delivered(queue), (std::multiset<std::uint64_t>{0, 1, 2, 3, 4}));
}

TEST(queue, does_not_believe_a_record_that_points_outside_the_arena) {
  bare_queue queue;
  worker_end worker = queue.sit(0);
  ASSERT_TRUE(queue.send(1));
  worker.run_claimed();
  queue.layout.seat_at(0).done[0].total_bytes = std::uint64_t{1} << 60;
  EXPECT_THROW(queue.end.collect(queue.log), yoke::pool_broken);
}

TEST(queue, does_not_believe_a_dead_worker_that_claims_more_items_than_it_was_sent) {
  bare_queue queue;
  queue.sit(0);
  ASSERT_TRUE(queue.send(1, 0, 2));
  const crime_scene scene{queue, 0, 0};
  scene.write_intent();
  scene.claim();
  scene.run_up_to(3);
  queue.die(0);
  EXPECT_THROW(queue.end.recover(queue.log), yoke::pool_broken);
}

TEST(queue, tells_its_workers_to_leave_only_when_the_ring_is_empty) {
  bare_queue queue;
  worker_end worker = queue.sit(0);
  ASSERT_TRUE(queue.send(1));
  queue.end.close();
  EXPECT_TRUE(worker.wait());
  EXPECT_EQ(worker.run_claimed(), 1U);
  EXPECT_FALSE(worker.wait());
}

TEST(queue, does_not_arm_while_there_is_news) {
  bare_queue queue;
  worker_end worker = queue.sit(0);
  EXPECT_TRUE(queue.end.arm());
  queue.end.disarm();
  ASSERT_TRUE(queue.send(1));
  worker.run_claimed();
  EXPECT_FALSE(queue.end.arm());
}

TEST(queue, counts_on_a_spinning_worker_once) {
  bare_queue queue;
  queue.layout.claims().spinner.store(1);
  seat& sleeper = queue.layout.seat_at(1);
  sleeper.parked.store(sleep_word::asleep);

  queue.send(1);
  queue.end.flush();
  EXPECT_FALSE(sleeper.bell.try_wait());
  queue.send(2);
  queue.end.flush();
  EXPECT_TRUE(sleeper.bell.try_wait());
}

TEST(queue, rings_for_a_sleeper_rather_than_for_one_that_still_looks) {
  bare_queue queue;
  seat& looking = queue.layout.seat_at(0);
  seat& asleep = queue.layout.seat_at(1);
  looking.parked.store(sleep_word::looking);
  asleep.parked.store(sleep_word::asleep);

  queue.send(1);
  queue.end.flush();
  EXPECT_TRUE(asleep.bell.try_wait());
  EXPECT_EQ(looking.parked.load(), sleep_word::up);
}

TEST(queue, hears_of_a_death_although_the_dead_took_the_ring_along) {
  bare_queue queue;
  collector_bell& bell = queue.layout.claims().bell;
  bell.arm();
  ASSERT_TRUE(bell.sleep_on(collector_bell::on_semaphore));
  bell.disarm();  // as far as the dead came
  bell.ring_for_the_dead(-1);
  EXPECT_TRUE(bell.semaphore().try_wait());
}
