#include "queue/queue_damaged.hpp"
#include "support/bare_queue.hpp"

#include <csignal>
#include <cstring>
#include <random>
#include <set>

#include <gtest/gtest.h>

using namespace yoke::detail;
using yoke_test::bare_queue;

namespace {

constexpr std::uint64_t chunks = 12;

/// Somewhere a queue may be when a task writes over it: some chunks done, some claimed, some in the ring.
void prepare(bare_queue& queue, std::mt19937& random) {
  for (std::uint64_t chunk = 0; chunk < chunks; ++chunk) queue.send(chunk, chunk * 10, 1 + random() % 10);
  for (std::uint32_t seat = 0; seat < 2; ++seat) {
    worker_end worker = queue.sit(seat);
    for (auto turn = random() % 4; turn > 0; --turn) worker.run_claimed(1);
  }
}

/// A worker in the middle of a chunk: claimed, and so many items done.
void interrupt(bare_queue& queue, std::mt19937& random) {
  claim_words& claims = queue.layout.claims();
  if (claims.head == queue.layout.coordinator().tail) return;
  const hint held = hint::unpack(queue.layout.ring(claims.head));
  seat& victim = queue.layout.seat_at(1);
  victim.intents[0] = held.pack();
  state_word state = state_word::unpack(queue.layout.slot(held.slot).state);
  state.state = chunk_state::claimed;
  state.seat = 1;
  state.incarnation = seat_life::unpack(queue.layout.control(1).life).incarnation;
  queue.layout.slot(held.slot).state = state.pack();
  ++claims.head;
  victim.running.hint = held.pack();
  victim.running.progress.item = random() % 3;
}

/// Writes a few words, random or nearly right, anywhere that a worker can write.
void scribble(bare_queue& queue, std::mt19937& random) {
  const auto anywhere = [&](queue_layout::range range) {
    const std::size_t words = range.bytes / sizeof(std::uint64_t);
    std::byte* const place = queue.home.base() + range.offset + random() % words * sizeof(std::uint64_t);
    std::uint64_t word = 0;
    std::memcpy(&word, place, sizeof word);
    switch (random() % 4) {
      case 0:
        word = (std::uint64_t{random()} << 32) | random();
        break;
      case 1:
        word ^= std::uint64_t{1} << random() % 64;
        break;
      case 2:
        word += random() % 2 == 0 ? 1 : ~std::uint64_t{0};
        break;
      default:
        word = 0;
    }
    std::memcpy(place, &word, sizeof word);
  };
  // The front of a seat holds its words, and the first records; most of the rest is never looked at.
  const auto near = [](queue_layout::range range) { return queue_layout::range{range.offset, 1024}; };
  for (auto write = 1 + random() % 6; write > 0; --write) {
    switch (random() % 3) {
      case 0:
        anywhere({queue.layout.shared_range().offset, sizeof(claim_words) + 16 * sizeof(chunk_slot)});
        break;
      case 1:
        anywhere(near(queue.layout.seat_range(static_cast<std::uint32_t>(random() % 2))));
        break;
      default:
        anywhere(near(queue.layout.arena_range(static_cast<std::uint32_t>(random() % 2))));
    }
  }
}

/// An event has to speak of a chunk that was sent, once, and of bytes that can be read.
void check_events(const bare_queue& queue) {
  std::set<std::uint64_t> tags;
  for (const auto& event : queue.log.events) {
    EXPECT_LT(event.tag, chunks);
    EXPECT_TRUE(tags.insert(event.tag).second) << "chunk " << event.tag << " came back twice";
    EXPECT_LE(event.items_done, 10U);
  }
}

class queue_fuzz : public testing::TestWithParam<std::uint32_t> {};

}  // namespace

TEST_P(queue_fuzz, of_what_workers_write_never_leads_the_coordinator_astray) {
  std::mt19937 random{GetParam()};
  std::size_t damages = 0;
  for (int round = 0; round < 2000; ++round) {
    bare_queue queue;
    prepare(queue, random);
    if (random() % 2 == 0) interrupt(queue, random);
    scribble(queue, random);
    try {
      queue.end.collect(queue.log);
      queue.die(static_cast<std::uint32_t>(random() % 2), random() % 2 == 0 ? SIGKILL : SIGSEGV);
      queue.end.recover(queue.log);
      queue.end.inspect();
      queue.end.inspect();
    } catch (const queue_damaged&) {
      ++damages;
      queue.layout.construct();
      queue.end.start_over(queue.log);
    }
    check_events(queue);
  }
  EXPECT_GT(damages, 0U) << "no write did any damage: this test looks at the wrong memory";
}

INSTANTIATE_TEST_SUITE_P(seeds, queue_fuzz, testing::Range(1U, 11U));
