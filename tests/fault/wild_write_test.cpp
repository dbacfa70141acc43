#include <yoke/detail/bulk_work.hpp>
#include <yoke/errors.hpp>

#include "backends/process_backend.hpp"
#include "engine/bulk_job.hpp"
#include "engine/engine.hpp"
#include "memory/array_memory.hpp"
#include "support/shared_page.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

using namespace yoke::detail;

namespace {

const yoke_test::shared_page seen;
enum : std::size_t { wild_writes, writes_wanted };

/// open_backend shows where its queue lies.
class open_backend final : public process_backend {
 public:
  using process_backend::process_backend;
  [[nodiscard]] const queue_layout& layout() const { return layout_; }
};

/// wild_task is a task with a wild pointer: its item 500 writes over something, as often as it is asked to.
struct wild_task {
  const queue_layout* layout;
  void (*write)(const queue_layout& queue, chunk_call& call);
};

void run_wild(chunk_call& call) {
  const auto& task = *static_cast<const wild_task*>(call.closure);
  for (std::uint64_t offset = 0; offset < call.count; ++offset) {
    call.marks.begin(offset, call.results.size());
    const std::uint64_t item = call.first + offset;
    if (item == 500 && seen[wild_writes] < seen[writes_wanted]) {
      ++seen[wild_writes];
      task.write(*task.layout, call);
    }
    const std::uint64_t square = item * item;
    call.results.append(&square, sizeof square);
  }
  finish_chunk(call);
}

class squares final : public bulk_work {
 public:
  void deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) override {
    std::vector<std::uint64_t> values(count);
    ASSERT_EQ(results.size(), count * sizeof(std::uint64_t));
    std::memcpy(values.data(), results.data(), results.size());
    for (std::uint64_t k = 0; k < count; ++k) {
      ASSERT_EQ(values[k], (first + k) * (first + k));
      ++deliveries_[first + k];
    }
  }
  [[nodiscard]] bool complete() const { return deliveries_ == std::vector<int>(deliveries_.size(), 1); }

 private:
  std::vector<int> deliveries_ = std::vector<int>(1000);
};

/// seat_of_caller finds the seat whose memory this worker may write: the one whose running words name its chunk.
std::uint32_t seat_of_caller(const queue_layout& queue) {
  for (std::uint32_t index = 0; index < queue.shape().seats; ++index) {
    if (queue.control(index).pid == ::getpid()) return index;
  }
  return 0;
}

void fill(void* from, std::size_t bytes, int with = 0x5a) { std::memset(from, with, bytes); }

class wild_write : public testing::Test {
 protected:
  void SetUp() override {
    seen.clear();
    seen[writes_wanted] = 1;
  }

  void run(void (*write)(const queue_layout&, chunk_call&), yoke::call_options options = {}) {
    const wild_task task{&workers_.layout(), write};
    options.chunk = 10;
    options.attempts = 2;
    squares work;
    bulk_job job{
        {.entry = &run_wild, .closure = &task, .closure_bytes = sizeof task, .items = 1000, .options = options},
        work,
        workers_};
    engine_.run(job);
    EXPECT_TRUE(work.complete());
    EXPECT_EQ(seen[wild_writes], seen[writes_wanted]) << "the wild write has to have happened";
  }

  open_backend workers_{process_setup{.workers = 2}};
  engine engine_{workers_};
};

}  // namespace

TEST_F(wild_write, over_all_that_workers_share_loses_nothing) {
  run([](const queue_layout& queue, chunk_call&) { fill(&queue.claims(), queue.shared_range().bytes); });
}

TEST_F(wild_write, of_zeros_over_all_that_workers_share_loses_nothing) {
  run([](const queue_layout& queue, chunk_call&) { fill(&queue.claims(), queue.shared_range().bytes, 0); });
}

TEST_F(wild_write, over_the_lock_loses_nothing) {
  run([](const queue_layout& queue, chunk_call&) { fill(&queue.claims().lock, sizeof(robust_mutex)); });
}

TEST_F(wild_write, over_the_head_of_the_ring_loses_nothing) {
  run([](const queue_layout& queue, chunk_call&) { queue.claims().head = std::uint64_t{1} << 40; });
}

TEST_F(wild_write, that_skips_chunks_in_the_ring_loses_nothing) {
  run([](const queue_layout& queue, chunk_call&) { queue.claims().head = queue.coordinator().tail.load(); });
}

TEST_F(wild_write, over_the_state_words_loses_nothing) {
  run([](const queue_layout& queue, chunk_call&) { fill(&queue.slot(0), queue.shape().slots * sizeof(chunk_slot)); });
}

TEST_F(wild_write, that_frees_every_chunk_loses_nothing) {
  run([](const queue_layout& queue, chunk_call&) {
    for (std::uint32_t slot = 0; slot < queue.shape().slots; ++slot) queue.slot(slot).state = 0;
  });
}

TEST_F(wild_write, over_all_that_workers_share_leaves_shared_arrays_alone) {
  std::byte* const block = workers_.arrays()->take(1 << 20, 1 << 20, 64);
  std::memset(block, 7, 1 << 20);
  run([](const queue_layout& queue, chunk_call&) { fill(&queue.claims(), queue.shared_range().bytes); });
  EXPECT_EQ(std::count(block, block + (1 << 20), std::byte{7}), 1 << 20);
  workers_.arrays()->release(block);
}

TEST_F(wild_write, over_its_own_intents_loses_nothing) {
  run([](const queue_layout& queue, chunk_call&) {
    seat& mine = queue.seat_at(seat_of_caller(queue));
    fill(&mine.intents, sizeof mine.intents);
  });
}

TEST_F(wild_write, over_its_own_intents_by_a_task_that_then_crashes_loses_nothing) {
  run([](const queue_layout& queue, chunk_call&) {
    seat& mine = queue.seat_at(seat_of_caller(queue));
    fill(&mine.intents, sizeof mine.intents);
    std::abort();
  });
}

TEST_F(wild_write, over_its_own_records_loses_nothing) {
  run([](const queue_layout& queue, chunk_call&) {
    seat& mine = queue.seat_at(seat_of_caller(queue));
    fill(&mine.done, sizeof mine.done);
  });
}

TEST_F(wild_write, over_the_count_of_its_own_records_loses_nothing) {
  run([](const queue_layout& queue, chunk_call&) { queue.seat_at(seat_of_caller(queue)).done_tail += 1000; });
}

TEST_F(wild_write, over_the_whole_of_its_own_seat_loses_nothing) {
  run([](const queue_layout& queue, chunk_call&) { fill(&queue.seat_at(seat_of_caller(queue)), sizeof(seat)); });
}

TEST_F(wild_write, over_results_that_wait_for_delivery_loses_nothing) {
  run([](const queue_layout& queue, chunk_call& call) {
    std::byte* const arena = queue.arena(seat_of_caller(queue));
    const auto mine = static_cast<std::size_t>(call.results.data() - arena);
    fill(arena, mine);
  });
}

TEST_F(wild_write, over_what_only_the_coordinator_writes_is_a_crash_of_its_own_item) {
  run([](const queue_layout& queue, chunk_call&) { fill(&queue.coordinator(), sizeof(coordinator_words)); });
}

TEST_F(wild_write, over_what_only_the_supervisor_writes_is_a_crash_of_its_own_item) {
  run([](const queue_layout& queue, chunk_call&) { fill(&queue.supervisor(), sizeof(supervisor_words)); });
}

TEST_F(wild_write, over_a_descriptor_is_a_crash_of_its_own_item) {
  run([](const queue_layout& queue, chunk_call&) { fill(&queue.descriptor(0), sizeof(chunk_descriptor)); });
}

TEST_F(wild_write, over_the_seat_of_another_worker_is_a_crash_of_its_own_item) {
  run([](const queue_layout& queue, chunk_call&) {
    const std::uint32_t other = (seat_of_caller(queue) + 1) % queue.shape().seats;
    fill(&queue.seat_at(other), sizeof(seat));
  });
}

TEST_F(wild_write, over_the_results_of_another_worker_is_a_crash_of_its_own_item) {
  run([](const queue_layout& queue, chunk_call&) {
    fill(queue.arena((seat_of_caller(queue) + 1) % queue.shape().seats), 64);
  });
}

TEST_F(wild_write, over_its_own_input_is_a_crash_of_its_own_item) {
  run([](const queue_layout&, chunk_call& call) { fill(const_cast<void*>(call.closure), sizeof(wild_task)); });
}

TEST_F(wild_write, that_is_repeated_for_ever_ends_with_an_error_that_says_so) {
  seen[writes_wanted] = 1'000'000;
  try {
    run([](const queue_layout& queue, chunk_call&) { fill(&queue.claims(), queue.shared_range().bytes); });
    FAIL() << "nobody can work like that";
  } catch (const yoke::pool_broken& error) {
    EXPECT_NE(std::string{error.what()}.find("wild pointer"), std::string::npos) << error.what();
  }
}

TEST_F(wild_write, under_rerun_never_fails_what_may_have_been_running) {
  EXPECT_THROW(run([](const queue_layout& queue, chunk_call&) { fill(&queue.claims(), queue.shared_range().bytes); },
                   {.rerun = yoke::rerun::never}),
               yoke::worker_lost);
}
