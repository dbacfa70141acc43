#include <yoke/detail/bulk_work.hpp>
#include <yoke/errors.hpp>

#include "engine/engine.hpp"
#include "engine/stream_job.hpp"
#include "failing_heap.hpp"
#include "stream_support.hpp"
#include "support/fake_backend.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

using namespace yoke::detail;
using namespace yoke_test;

namespace {

/// dividing_source supplies "0123456789", "0123456789", ... and divides blocks in half until a digit is left.
class dividing_source final : public block_source {
 public:
  dividing_source(backend& workers, std::uint64_t blocks) : workers_{workers}, blocks_{blocks} {}

  job::supply next(stream_block& out) override {
    if (given_ == blocks_) return job::supply::end;
    supply("0123456789", out);
    ++given_;
    return job::supply::chunk;
  }

  std::size_t divide(const stream_block& block, std::uint64_t first_part) override {
    const std::string whole{reinterpret_cast<const char*>(block.input), block.input_bytes};
    if (whole.size() == 1) return 0;
    parts_[first_part] = whole.substr(0, whole.size() / 2);
    parts_[first_part + 1] = whole.substr(whole.size() / 2);
    most_parts = std::max(most_parts, parts_.size());
    release(block);
    if (fails_after_divide > 0) failing_heap::arm(fails_after_divide);
    return 2;
  }

  void next_part(stream_block& out) override {
    has_failed = failing_heap::disarm() || has_failed;
    const auto part = parts_.find(out.number);
    supply(part->second, out);
    parts_.erase(part);
  }

  void release(const stream_block& block) noexcept override {
    workers_.release(const_cast<std::byte*>(block.input), block.input_bytes);
  }

  std::size_t most_parts = 0;
  int fails_after_divide = 0;  // the allocation behind divide() that throws; 0: none
  bool has_failed = false;

 private:
  void supply(const std::string& text, stream_block& out) {
    std::byte* memory = workers_.allocate(text.size());
    std::memcpy(memory, text.data(), text.size());
    out.input = memory;
    out.input_bytes = text.size();
  }

  backend& workers_;
  std::uint64_t blocks_;
  std::uint64_t given_ = 0;
  std::map<std::uint64_t, std::string> parts_;
};

/// seven_throws returns its block, unless there is a 7 in it.
void seven_throws(chunk_call& call) {
  call.marks.begin(0, 0);
  try {
    const std::string text{reinterpret_cast<const char*>(call.input), call.input_bytes};
    if (text.find('7') != std::string::npos) throw std::runtime_error("seven");
    call.results.append(text.data(), text.size());
    finish_chunk(call);
  } catch (...) {
    fail_chunk(call, 0, 0);
  }
}

std::string all_of(const recording_sink& sink) {
  std::string text;
  for (const auto& [block, part] : sink.blocks) text += part;
  return text;
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST(divided_stream, fails_the_smallest_part_only_and_keeps_the_order) {
  for (const std::uint32_t seed : {1U, 2U, 3U}) {
    fake_backend workers{{.seed = seed, .workers = 3, .delays = 0.6, .returns = 0.1, .shuffles = true}};
    dividing_source source{workers, 50};
    recording_sink sink;
    stream_job job{{.entry = &seven_throws}, source, sink, workers};
    engine jobs{workers};
    jobs.run(job);
    EXPECT_EQ(all_of(sink), repeated("0123456failed: seven89", 50));
    EXPECT_EQ(jobs.counters().items_failed, 50U);
  }
}

TEST(divided_stream, delivers_every_part_once_when_order_does_not_matter) {
  fake_backend workers{{.workers = 3, .delays = 0.6, .shuffles = true}};
  dividing_source source{workers, 50};
  recording_sink sink;
  stream_job job{{.entry = &seven_throws, .ordered = false}, source, sink, workers};
  engine{workers}.run(job);
  const std::string text = all_of(sink);
  for (const char digit : std::string{"012345689"}) EXPECT_EQ(std::count(text.begin(), text.end(), digit), 50) << digit;
}

TEST(divided_stream, keeps_few_parts_however_many_fail) {
  fake_backend workers{{.workers = 2, .delays = 0.3, .shuffles = true}};
  dividing_source source{workers, 300};
  recording_sink sink;
  stream_job job{{.entry = &seven_throws}, source, sink, workers};
  engine{workers}.run(job);
  EXPECT_LE(source.most_parts, 2U * 6 * 4);
}

TEST(divided_stream, runs_the_parts_of_the_earliest_block_first) {
  fake_backend workers{{.deaths = {{0, {SIGSEGV}}, {1, {SIGSEGV}}, {3, {SIGSEGV}}}}};
  dividing_source source{workers, 2};
  recording_sink sink;
  stream_job job{{.entry = &shout, .ordered = false, .chunks_per_worker = 1}, source, sink, workers};
  engine{workers}.run(job);
  std::vector<std::uint64_t> order;
  for (const auto& [block, text] : sink.blocks) order.push_back(block);
  EXPECT_EQ(order, (std::vector<std::uint64_t>{2, 6, 7, 4, 5}));
}

TEST(divided_stream, gives_attempts_to_the_smallest_part_and_runs_the_last_alone) {
  // Block 0 becomes 1 (01234) and 2 (56789), 2 becomes 3 (56) and 4 (789), 4 becomes 5 (7) and 6 (89).
  fake_backend workers{{.deaths = {{0, {SIGSEGV}}, {2, {SIGBUS}}, {4, {0}}, {5, {SIGSEGV, SIGSEGV, SIGABRT}}}}};
  dividing_source source{workers, 1};
  recording_sink sink;
  stream_job job{{.entry = &shout, .attempts = 3}, source, sink, workers};
  engine{workers}.run(job);
  ASSERT_EQ(sink.blocks.size(), 4U);
  EXPECT_EQ(sink.blocks[0].second + sink.blocks[1].second, "01234!56!");
  EXPECT_NE(sink.blocks[2].second.find("SIGABRT"), std::string::npos) << sink.blocks[2].second;
  EXPECT_NE(sink.blocks[2].second.find("last of 3 attempts"), std::string::npos) << sink.blocks[2].second;
  EXPECT_EQ(sink.blocks[3].second, "89!");
  EXPECT_EQ(workers.alone, (std::set<std::pair<std::uint64_t, std::uint32_t>>{{5, 3}}));
}

TEST(divided_stream, is_divided_when_its_workers_are_killed_from_outside_again_and_again) {
  fake_backend workers{{.deaths = {{0, {SIGKILL, SIGTERM, SIGKILL}}, {1, {SIGKILL, SIGKILL, SIGKILL}}}}};
  dividing_source source{workers, 1};
  recording_sink sink;
  stream_job job{{.entry = &shout}, source, sink, workers};
  engine jobs{workers};
  jobs.run(job);
  EXPECT_EQ(all_of(sink), "01!234!56789!");
  EXPECT_EQ(jobs.counters().chunks_divided, 2U);
}

TEST(divided_stream, does_not_run_a_block_again_that_must_not_be_when_killed_from_outside) {
  fake_backend workers{{.deaths = {{0, {SIGKILL}}}}};
  dividing_source source{workers, 2};
  recording_sink sink;
  stream_job job{{.entry = &shout, .reruns_externals = false}, source, sink, workers};
  engine{workers}.run(job);
  ASSERT_EQ(sink.blocks.size(), 2U);
  EXPECT_NE(sink.blocks[0].second.find("SIGKILL"), std::string::npos) << sink.blocks[0].second;
  EXPECT_EQ(workers.started[0], 1);
}

TEST(divided_stream, is_whole_when_its_worker_is_killed_from_outside_now_and_then) {
  fake_backend workers{{.deaths = {{0, {SIGKILL, SIGTERM}}}}};
  dividing_source source{workers, 1};
  recording_sink sink;
  stream_job job{{.entry = &shout}, source, sink, workers};
  engine jobs{workers};
  jobs.run(job);
  EXPECT_EQ(all_of(sink), "0123456789!");
  EXPECT_EQ(jobs.counters().chunks_divided, 0U);
}

TEST(divided_stream, comes_through_when_payload_memory_is_scarce_and_results_fill_the_budget) {
  fake_backend workers{{.workers = 3, .delays = 0.7, .out_of_memory = 0.3, .shuffles = true}};
  dividing_source source{workers, 100};
  recording_sink sink;
  stream_job job{{.entry = &seven_throws, .held_bytes = 1}, source, sink, workers};
  engine{workers}.run(job);
  EXPECT_EQ(all_of(sink), repeated("0123456failed: seven89", 100));
}

TEST(divided_stream, gives_a_block_back_once_when_the_heap_runs_out_behind_its_division) {
  for (int nth = 1; nth < 100; ++nth) {
    fake_backend workers{{.deaths = {{0, {SIGSEGV}}}}};
    dividing_source source{workers, 1};
    source.fails_after_divide = nth;
    recording_sink sink;
    stream_job job{{.entry = &shout}, source, sink, workers};
    bool out_of_memory = false;
    try {
      engine{workers}.run(job);
      EXPECT_EQ(all_of(sink), "01234!56789!");
    } catch (const std::bad_alloc&) {
      out_of_memory = true;
    }
    out_of_memory = failing_heap::disarm() || source.has_failed || out_of_memory;
    EXPECT_EQ(workers.memory_in_use, 0U) << "at allocation " << nth;
    if (!out_of_memory) {
      EXPECT_GT(nth, 4) << "the allocations of the order are among them";
      return;
    }
  }
  FAIL() << "each run was short of memory";
}

TEST(divided_stream, can_be_cancelled_while_parts_wait) {
  fake_backend workers{{.workers = 1, .delays = 0.5}};
  dividing_source source{workers, 1000};
  recording_sink sink;
  stream_job job{{.entry = &seven_throws}, source, sink, workers};
  sink.on_block = [&](std::uint64_t block) {
    if (block > 20) job.request_cancel();
  };
  EXPECT_THROW(engine{workers}.run(job), yoke::cancelled);
}
