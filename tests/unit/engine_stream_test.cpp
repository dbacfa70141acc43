#include "engine/engine.hpp"
#include "engine/reorder_buffer.hpp"
#include "engine/stream_job.hpp"
#include "stream_support.hpp"
#include "support/fake_backend.hpp"

#include <csignal>
#include <cstring>
#include <functional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace yoke::detail;
using namespace yoke_test;

namespace {

/// number_source supplies the blocks "0", "1", ... as long as `state` says so.
class number_source final : public block_source {
 public:
  number_source(backend& workers, std::uint64_t blocks) : workers_{workers}, blocks_{blocks} {}

  job::supply next(stream_block& out) override {
    if (before_each) before_each(next_);
    if (waits_for != -1) {
      char token = 0;
      if (::read(waits_for, &token, 1) != 1) return job::supply::pending;
    }
    if (next_ == blocks_) return job::supply::end;
    const std::string text = std::to_string(next_++);
    std::byte* memory = workers_.allocate(text.size());
    std::memcpy(memory, text.data(), text.size());
    out = {.input = memory, .input_bytes = text.size()};
    return job::supply::chunk;
  }

  void release(const stream_block& block) noexcept override {
    workers_.release(const_cast<std::byte*>(block.input), block.input_bytes);
  }

  [[nodiscard]] int descriptor() const override { return waits_for; }

  [[nodiscard]] std::uint64_t supplied() const { return next_; }

  std::function<void(std::uint64_t)> before_each;
  int waits_for = -1;

 private:
  backend& workers_;
  std::uint64_t blocks_;
  std::uint64_t next_ = 0;
};

std::string expected(std::uint64_t block) { return block == 13 ? "failed: unlucky" : std::to_string(block) + "!"; }

}  // namespace

TEST(stream, passes_blocks_on_in_order_errors_included) {
  fake_backend workers{{.workers = 4, .delays = 0.6, .returns = 0.1, .shuffles = true}};
  number_source source{workers, 500};
  recording_sink sink;
  stream_job job{{.entry = &shout}, source, sink, workers};
  engine{workers}.run(job);
  ASSERT_EQ(sink.blocks.size(), 500U);
  for (std::uint64_t block = 0; block < 500; ++block) {
    EXPECT_EQ(sink.blocks[block], (std::pair{block, expected(block)}));
  }
}

TEST(stream, passes_on_the_same_blocks_out_of_order_when_asked) {
  fake_backend workers{{.workers = 4, .delays = 0.6, .shuffles = true}};
  number_source source{workers, 200};
  recording_sink sink;
  stream_job job{{.entry = &shout, .ordered = false}, source, sink, workers};
  engine{workers}.run(job);
  std::set<std::pair<std::uint64_t, std::string>> arrived(sink.blocks.begin(), sink.blocks.end());
  ASSERT_EQ(sink.blocks.size(), 200U);
  ASSERT_EQ(arrived.size(), 200U);
  for (const auto& [block, text] : arrived) EXPECT_EQ(text, expected(block));
}

TEST(stream, ends_at_its_first_error_when_errors_are_not_collected) {
  fake_backend workers{{.workers = 2, .delays = 0.5, .shuffles = true}};
  number_source source{workers, 1'000'000};
  recording_sink sink;
  stream_job job{{.entry = &shout, .collects_errors = false}, source, sink, workers};
  EXPECT_THROW(engine{workers}.run(job), std::runtime_error);
  EXPECT_EQ(sink.blocks.size(), 13U);
}

TEST(stream, bounds_what_is_undelivered_however_slow_the_head_is) {
  fake_backend workers{{.workers = 2, .delays = 0.9, .shuffles = true}};
  number_source source{workers, 300};
  recording_sink sink;
  sink.on_block = [&](std::uint64_t block) { EXPECT_LE(source.supplied() - block, 4U); };
  stream_job job{{.entry = &shout, .most_undelivered = 4}, source, sink, workers};
  engine{workers}.run(job);
  EXPECT_EQ(sink.blocks.size(), 300U);
}

TEST(stream, starts_nothing_new_while_too_many_bytes_are_held_back) {
  fake_backend workers{{.workers = 2, .delays = 0.9, .shuffles = true}};
  number_source source{workers, 300};
  recording_sink sink;
  sink.on_block = [&](std::uint64_t block) { EXPECT_LE(source.supplied() - block, 8U); };
  stream_job job{{.entry = &shout, .held_bytes = 1}, source, sink, workers};
  engine{workers}.run(job);
  EXPECT_EQ(sink.blocks.size(), 300U);
}

TEST(stream, runs_a_block_again_whose_worker_was_killed) {
  fake_backend workers{{.deaths = {{7, {SIGKILL, SIGKILL}}}}};
  number_source source{workers, 20};
  recording_sink sink;
  stream_job job{{.entry = &shout}, source, sink, workers};
  engine{workers}.run(job);
  ASSERT_EQ(sink.blocks.size(), 20U);
  EXPECT_EQ(sink.blocks[7].second, "7!");
}

TEST(stream, reports_a_block_that_crashes_its_worker_and_goes_on) {
  fake_backend workers{{.deaths = {{7, {SIGSEGV, SIGSEGV}}}}};
  number_source source{workers, 20};
  recording_sink sink;
  stream_job job{{.entry = &shout, .attempts = 2}, source, sink, workers};
  engine{workers}.run(job);
  ASSERT_EQ(sink.blocks.size(), 20U);
  EXPECT_NE(sink.blocks[7].second.find("SIGSEGV"), std::string::npos) << sink.blocks[7].second;
}

TEST(stream, surfaces_the_error_of_its_source_behind_the_blocks_before_it) {
  fake_backend workers{{.workers = 2, .delays = 0.5}};
  number_source source{workers, 20};
  source.before_each = [](std::uint64_t block) {
    if (block == 5) throw 42;
  };
  recording_sink sink;
  stream_job job{{.entry = &shout}, source, sink, workers};
  EXPECT_THROW(engine{workers}.run(job), int);
  EXPECT_EQ(sink.blocks.size(), 5U);
}

TEST(stream, ends_when_its_sink_throws) {
  fake_backend workers{{.workers = 2, .delays = 0.5, .shuffles = true}};
  number_source source{workers, 1'000'000};
  recording_sink sink;
  sink.on_block = [](std::uint64_t block) {
    if (block == 9) throw std::runtime_error("the reader has gone");
  };
  stream_job job{{.entry = &shout}, source, sink, workers};
  EXPECT_THROW(engine{workers}.run(job), std::runtime_error);
  EXPECT_EQ(sink.blocks.size(), 9U);
}

TEST(stream, waits_for_a_source_that_has_nothing_yet) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_NONBLOCK), 0);
  fake_backend workers{{.workers = 2}};
  number_source source{workers, 3};
  source.waits_for = ends[0];
  recording_sink sink;
  stream_job job{{.entry = &shout}, source, sink, workers};
  engine jobs{workers};
  jobs.submit(job);
  for (std::uint64_t block = 0; block < 3; ++block) {
    EXPECT_EQ(sink.blocks.size(), block);
    ASSERT_EQ(::write(ends[1], "x", 1), 1);
    while (sink.blocks.size() == block) jobs.poll();
  }
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  jobs.wait(job);
  EXPECT_EQ(sink.blocks.size(), 3U);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(reorder_buffer, passes_the_head_on_at_once_and_the_rest_in_turn) {
  recording_sink sink;
  reorder_buffer buffer{sink, 1000};
  for (const std::uint64_t block : {0U, 1U, 2U}) buffer.announce(block);
  const std::byte one[1] = {std::byte{'x'}};
  buffer.finished(2, one);
  buffer.finished(1, one);
  EXPECT_TRUE(sink.blocks.empty());
  EXPECT_EQ(buffer.held(), 2U);
  buffer.finished(0, one);
  EXPECT_EQ(sink.blocks.size(), 3U);
  EXPECT_EQ(buffer.held_bytes(), 0U);
}

TEST(reorder_buffer, is_full_at_its_budget_and_takes_blocks_all_the_same) {
  recording_sink sink;
  reorder_buffer buffer{sink, 100};
  for (const std::uint64_t block : {0U, 1U, 2U}) buffer.announce(block);
  const std::vector<std::byte> large(100);
  EXPECT_FALSE(buffer.full());
  buffer.finished(1, large);
  EXPECT_TRUE(buffer.full());
  buffer.finished(2, large);
  buffer.finished(0, large);
  EXPECT_FALSE(buffer.full());
  EXPECT_EQ(sink.blocks.size(), 3U);
}

TEST(reorder_buffer, puts_the_parts_of_a_block_in_its_place) {
  recording_sink sink;
  reorder_buffer buffer{sink, 100};
  for (const std::uint64_t block : {0U, 1U, 2U}) buffer.announce(block);
  buffer.replace(1, 3, 2);
  buffer.withdraw(2);
  buffer.announce(5);
  for (const std::uint64_t block : {5U, 4U, 3U, 0U}) buffer.finished(block, {});
  std::vector<std::uint64_t> order;
  for (const auto& [block, result] : sink.blocks) order.push_back(block);
  EXPECT_EQ(order, (std::vector<std::uint64_t>{0, 3, 4, 5}));
}
