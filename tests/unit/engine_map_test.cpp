#include <yoke/errors.hpp>

#include "engine_work.hpp"

#include <csignal>

#include <gtest/gtest.h>

using namespace yoke;
using yoke_test::fake_backend;
using yoke_test::fake_script;
using yoke_test::tripling;

TEST(engine, maps_every_item_once) {
  fake_backend workers{{.workers = 3}};
  tripling work{1000};
  const auto counters = work.run_on(workers);
  EXPECT_TRUE(work.is_complete());
  EXPECT_EQ(counters.items_done, 1000U);
}

TEST(engine, keeps_fixed_chunks_within_their_size) {
  fake_backend workers{{.workers = 2}};
  tripling work{100};
  work.run_on(workers, {.chunk = 7});
  EXPECT_TRUE(work.is_complete());
  EXPECT_EQ(workers.largest_chunk, 7U);
}

TEST(engine, bounds_the_chunks_in_flight) {
  fake_backend workers{{.workers = 2, .room = 1000}};
  tripling work{10'000};
  work.run_on(workers, {.chunk = 1});
  EXPECT_TRUE(work.is_complete());
  EXPECT_LE(workers.most_in_flight, 2U * 33) << "one runs, 32 in reserve";
}

TEST(engine, goes_on_when_the_backend_has_no_room) {
  fake_backend workers{{.room = 1, .refuses = 0.5}};
  tripling work{200};
  work.run_on(workers, {.chunk = 3});
  EXPECT_TRUE(work.is_complete());
}

TEST(engine, waits_for_payload_memory_to_come_back) {
  fake_backend workers{{.out_of_memory = 0.5}};
  tripling work{200};
  work.run_on(workers, {.chunk = 3});
  EXPECT_TRUE(work.is_complete());
}

TEST(engine, ignores_events_it_has_had_before) {
  fake_backend workers{{.repeats = 1}};
  tripling work{200};
  const auto counters = work.run_on(workers, {.chunk = 3});
  EXPECT_TRUE(work.is_complete());
  EXPECT_GT(counters.stray_events, 0U);
}

TEST(engine, sends_chunks_again_whose_worker_died_before_it_started) {
  fake_backend workers{{.returns = 0.5}};
  tripling work{200};
  const auto counters = work.run_on(workers, {.chunk = 3});
  EXPECT_TRUE(work.is_complete());
  EXPECT_GT(counters.chunks_returned, 0U);
  EXPECT_EQ(counters.workers_lost, 0U);
}

TEST(engine, keeps_the_results_of_a_worker_that_died_behind_its_last_item) {
  fake_backend workers{{.dies_after = 1}};
  tripling work{50};
  const auto counters = work.run_on(workers, {.chunk = 5});
  EXPECT_TRUE(work.is_complete());
  EXPECT_EQ(counters.items_rerun, 0U);
}

TEST(engine, throws_the_first_error_by_index_and_works_on) {
  fake_backend workers{{.workers = 7, .delays = 0.5, .shuffles = true}};
  detail::engine jobs{workers};
  tripling bad{500, {.throws_from = 40, .throws_every = 8}};
  detail::bulk_job failing{bad.plan({.chunk = 3}), bad, workers};
  try {
    jobs.run(failing);
    FAIL() << "no error";
  } catch (const std::out_of_range& error) {
    EXPECT_STREQ(error.what(), "item 40");
    EXPECT_EQ(dynamic_cast<const task_failure&>(error).item(), 40U);
  }
  for (std::uint64_t item = 0; item < 40; ++item) EXPECT_EQ(bad.delivered[item], 1) << "item " << item;

  tripling good{100};
  detail::bulk_job next{good.plan(), good, workers};
  jobs.run(next);
  EXPECT_TRUE(good.is_complete());
}

TEST(engine, starts_nothing_behind_an_error) {
  fake_backend workers{{.workers = 1}};
  tripling work{100'000, {.throws_from = 10}};
  EXPECT_THROW(work.run_on(workers, {.chunk = 5}), std::out_of_range);
  EXPECT_LT(workers.started.size(), 50U);
}

TEST(engine, passes_on_an_error_of_the_input_unchanged) {
  class broken_range final : public detail::bulk_work {
    void encode(std::uint64_t first, std::uint64_t, detail::byte_sink&) const override {
      if (first > 0) throw 42;
    }
    void deliver(std::uint64_t, std::uint64_t, std::span<const std::byte>) override {}
  } work;
  fake_backend workers{fake_script{}};
  detail::engine jobs{workers};
  detail::bulk_plan plan{.entry = [](detail::chunk_call& call) { detail::finish_chunk(call); },
                         .sends_items = true,
                         .items = 10,
                         .options = {.chunk = 1}};
  detail::bulk_job job{plan, work, workers};
  EXPECT_THROW(jobs.run(job), int);
}

TEST(engine, ends_a_cancelled_job_and_works_on) {
  fake_backend workers{fake_script{}};
  detail::engine jobs{workers};
  tripling work{100'000};
  detail::bulk_job job{work.plan({.chunk = 1}), work, workers};
  jobs.submit(job);
  EXPECT_FALSE(jobs.settled(job));
  job.request_cancel();
  EXPECT_THROW(jobs.wait(job), cancelled);
  EXPECT_LT(workers.started.size(), 100U);

  tripling next{10};
  detail::bulk_job fine{next.plan(), next, workers};
  jobs.run(fine);
  EXPECT_TRUE(next.is_complete());
}

TEST(engine, ends_every_job_when_the_backend_is_broken) {
  fake_backend workers{{.delays = 1, .breaks_at = 3}};
  detail::engine jobs{workers};
  tripling one{100};
  tripling other{100};
  detail::bulk_job first{one.plan(), one, workers};
  detail::bulk_job second{other.plan(), other, workers};
  jobs.submit(first);
  jobs.submit(second);
  EXPECT_THROW(jobs.wait(first), pool_broken);
  EXPECT_THROW(jobs.wait(second), pool_broken);
  EXPECT_TRUE(workers.stopped);
  detail::bulk_job late{one.plan(), one, workers};
  EXPECT_THROW(jobs.run(late), pool_broken);
}

TEST(engine, keeps_chunks_of_heavy_items_small) {
  class heavy_items final : public detail::bulk_work {
    void encode(std::uint64_t, std::uint64_t count, detail::byte_sink& into) const override {
      for (std::uint64_t k = 0; k < count; ++k) into.append(weight.data(), weight.size());
    }
    void deliver(std::uint64_t, std::uint64_t, std::span<const std::byte>) override {}
    std::vector<std::byte> weight = std::vector<std::byte>(100'000);
  } work;
  fake_backend workers{fake_script{}};
  detail::engine jobs{workers};
  const detail::bulk_plan plan{
      .entry = [](detail::chunk_call& call) { detail::finish_chunk(call); }, .sends_items = true, .items = 1000};
  detail::bulk_job job{plan, work, workers};
  jobs.run(job);
  EXPECT_LE(workers.largest_chunk, 20U);
}

TEST(engine, runs_no_leaf_again_whose_reduction_has_failed) {
  tripling work{64, {.throws_from = 29}};
  auto plan = work.plan({.chunk = 32});
  plan.grain = 8;
  plan.keeps_partial = false;
  fake_backend workers{fake_script{}};
  detail::engine jobs{workers};
  detail::bulk_job job{plan, work, workers};
  EXPECT_THROW(jobs.run(job), std::out_of_range);
  for (const auto& [item, times] : workers.started) EXPECT_EQ(times, 1) << "item " << item;
}

TEST(engine, runs_whole_leaves_again_when_a_worker_dies_in_one) {
  tripling work{64};
  auto plan = work.plan({.chunk = 32});
  plan.grain = 8;
  plan.keeps_partial = false;
  fake_backend workers{{.deaths = {{21, {SIGKILL}}, {40, {SIGKILL, SIGKILL, SIGKILL}}}}};
  detail::engine jobs{workers};
  detail::bulk_job job{plan, work, workers};
  jobs.run(job);
  EXPECT_TRUE(work.is_complete());
  EXPECT_EQ(workers.alone, (std::set<std::pair<std::uint64_t, std::uint32_t>>{{40, 4}}));
}

TEST(engine, serves_several_jobs_in_turn) {
  fake_backend workers{{.delays = 0.3}};
  detail::engine jobs{workers};
  tripling long_one{5000};
  tripling short_one{5};
  detail::bulk_job first{long_one.plan({.chunk = 1}), long_one, workers};
  detail::bulk_job second{short_one.plan({.chunk = 1}), short_one, workers};
  jobs.submit(first);
  jobs.submit(second);
  jobs.wait(second);
  EXPECT_FALSE(jobs.settled(first));
  jobs.wait(first);
  EXPECT_TRUE(long_one.is_complete());
  EXPECT_TRUE(short_one.is_complete());
}

TEST(engine, goes_on_by_polling_alone) {
  fake_backend workers{fake_script{}};
  detail::engine jobs{workers};
  tripling work{1000};
  detail::bulk_job job{work.plan(), work, workers};
  jobs.submit(job);
  while (!jobs.settled(job)) jobs.poll();
  EXPECT_TRUE(work.is_complete());
}
