#include "backends/thread_backend.hpp"
#include "engine/engine.hpp"
#include "engine/stream_job.hpp"
#include "engine_work.hpp"
#include "stream_support.hpp"
#include "support/fake_backend.hpp"

#include <atomic>
#include <chrono>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

using namespace yoke::detail;
using namespace yoke_test;

namespace {

using clock_type = std::chrono::steady_clock;
constexpr auto for_ever = clock_type::time_point::max();

/// empty_blocks supplies so many blocks without a payload.
class empty_blocks final : public block_source {
 public:
  explicit empty_blocks(std::uint64_t blocks) : left_{blocks} {}

  job::supply next(stream_block& /*out*/) override {
    if (left_ == 0) return job::supply::end;
    --left_;
    return job::supply::chunk;
  }
  void release(const stream_block& /*block*/) noexcept override {}

 private:
  std::uint64_t left_;
};

}  // namespace

TEST(engine_drive, returns_as_soon_as_its_condition_holds) {
  fake_backend workers{{}};
  engine jobs{workers};
  empty_blocks source{100};
  recording_sink sink;
  stream_job job{{.entry = &shout, .chunks_per_worker = 1}, source, sink, workers};
  jobs.submit(job);
  for (std::size_t wanted = 1; wanted <= 100; ++wanted) {
    EXPECT_TRUE(jobs.drive(for_ever, [&] { return sink.blocks.size() >= wanted; }));
    EXPECT_LE(sink.blocks.size(), wanted + 4) << "it drove on although it had what it waited for";
  }
  jobs.wait(job);
  EXPECT_EQ(sink.blocks.size(), 100U);
}

TEST(engine_drive, gives_up_when_time_is_over_and_leaves_jobs_running) {
  thread_backend workers{2};
  engine jobs{workers};
  tripling work{1000};
  bulk_job job{work.plan(), work, workers};
  jobs.submit(job);
  EXPECT_FALSE(jobs.drive(clock_type::now() + std::chrono::milliseconds{5}, [] { return false; }));
  jobs.wait(job);
  EXPECT_TRUE(work.is_complete());
}

TEST(engine_drive, looks_once_when_there_is_no_time_at_all) {
  fake_backend workers{{}};
  engine jobs{workers};
  EXPECT_TRUE(jobs.drive(clock_type::time_point::min(), [] { return true; }));
  EXPECT_FALSE(jobs.drive(clock_type::time_point::min(), [] { return false; }));
}

TEST(engine_drive, wakes_each_thread_by_its_own_condition) {
  thread_backend workers{2};
  engine jobs{workers};
  empty_blocks source{200};
  recording_sink sink;
  stream_job job{{.entry = &shout}, source, sink, workers};
  std::vector<std::thread> threads;
  for (std::size_t wanted = 25; wanted <= 200; wanted += 25) {
    threads.emplace_back([&, wanted] { jobs.drive(for_ever, [&] { return sink.blocks.size() >= wanted; }); });
    threads.emplace_back([&] { jobs.drive(clock_type::now() + std::chrono::microseconds{50}, [] { return false; }); });
  }
  jobs.submit(job);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(sink.blocks.size(), 200U);
  jobs.wait(job);
}

TEST(engine_drive, is_refused_inside_of_its_own_callbacks) {
  fake_backend workers{{}};
  engine jobs{workers};
  empty_blocks source{1};
  recording_sink sink;
  std::string refused;
  sink.on_block = [&](std::uint64_t) {
    try {
      jobs.drive(for_ever, [] { return true; });
    } catch (const std::logic_error& error) {
      refused = error.what();
    }
  };
  stream_job job{{.entry = &shout}, source, sink, workers};
  jobs.run(job);
  EXPECT_NE(refused.find("called the pool that runs it"), std::string::npos) << refused;
}

TEST(engine_drive, wakes_who_waits_for_what_was_made_outside_the_lock_as_the_leader_leaves) {
  thread_backend workers{1};
  engine jobs{workers};
  std::atomic<int> looks{0};
  std::atomic<bool> made{false};
  std::jthread leader{[&] {
    jobs.drive(for_ever, [&] {
      if (looks > 0) made = true;  // behind the leader's last look at the others
      return made.load();
    });
  }};
  const auto awaited = [&] {
    ++looks;
    return made.load();
  };
  EXPECT_TRUE(jobs.drive(for_ever, awaited));
}

TEST(engine_drive, looks_again_when_asked_and_nothing_else_happens) {
  thread_backend workers{1};
  engine jobs{workers};
  std::atomic<int> looks{0};
  std::atomic<bool> made{false};
  std::jthread maker{[&] {
    while (looks < 2) std::this_thread::yield();
    made = true;
    jobs.look_again();
  }};
  EXPECT_TRUE(jobs.drive(for_ever, [&] {
    ++looks;
    return made.load();
  }));
}
