#include <yoke/errors.hpp>

#include "engine/blame.hpp"
#include "engine_work.hpp"

#include <csignal>

#include <gtest/gtest.h>

using namespace yoke;
using yoke_test::fake_backend;
using yoke_test::tripling;

namespace {

using signals = std::deque<int>;

/// lost_item runs `work` and returns the worker_lost it ends with.
worker_lost loss_of(tripling& work, fake_backend& workers, const call_options& options) {
  try {
    work.run_on(workers, options);
  } catch (const worker_lost& error) {
    return error;
  }
  throw std::runtime_error("no worker was lost");
}

}  // namespace

TEST(blame, falls_on_the_running_item_only) {
  fake_backend workers{{.deaths = {{13, signals{SIGKILL}}}}};
  tripling work{40};
  const auto counters = work.run_on(workers, {.chunk = 10});
  EXPECT_TRUE(work.is_complete());
  for (std::uint64_t item = 0; item < 40; ++item) EXPECT_EQ(workers.started[item], item == 13 ? 2 : 1) << item;
  EXPECT_EQ(counters.items_rerun, 1U);
}

TEST(blame, fails_a_crashing_item_at_once_by_default) {
  fake_backend workers{{.deaths = {{13, signals{SIGSEGV}}}}};
  tripling work{40};
  const worker_lost error = loss_of(work, workers, {.chunk = 10});
  EXPECT_EQ(error.item(), 13U);
  EXPECT_EQ(error.signal(), SIGSEGV);
  EXPECT_EQ(error.attempts(), 1);
  EXPECT_GE(error.pid(), 1000);
}

TEST(blame, counts_an_exit_as_a_crash) {
  fake_backend workers{{.deaths = {{0, signals{0}}}}};
  tripling work{4};
  const worker_lost error = loss_of(work, workers, {});
  EXPECT_EQ(error.signal(), 0);
  EXPECT_EQ(error.exit_status(), 42);
}

TEST(blame, gives_a_crashing_item_its_attempts_and_the_last_one_alone) {
  fake_backend workers{{.deaths = {{13, signals{SIGSEGV, SIGABRT}}}}};
  tripling work{40};
  work.run_on(workers, {.chunk = 10, .attempts = 3});
  EXPECT_TRUE(work.is_complete());
  EXPECT_EQ(workers.started[13], 3);
  EXPECT_EQ(workers.alone, (std::set<std::pair<std::uint64_t, std::uint32_t>>{{13, 3}}));
}

TEST(blame, fails_a_crashing_item_when_its_attempts_are_used_up) {
  fake_backend workers{{.deaths = {{13, signals{SIGSEGV, SIGABRT, SIGBUS}}}}};
  tripling work{40};
  const worker_lost error = loss_of(work, workers, {.chunk = 10, .attempts = 3});
  EXPECT_EQ(error.signal(), SIGBUS);
  EXPECT_EQ(error.attempts(), 3);
}

TEST(blame, fails_an_item_killed_from_outside_at_once_where_nothing_is_run_again) {
  fake_backend workers{{.deaths = {{13, signals{SIGTERM}}}}};
  tripling work{40};
  const worker_lost error = loss_of(work, workers, {.chunk = 10, .rerun = rerun::never});
  EXPECT_EQ(error.item(), 13U);
  EXPECT_EQ(error.signal(), SIGTERM);
}

TEST(blame, runs_an_item_alone_from_its_third_external_death_on) {
  fake_backend workers{{.deaths = {{5, signals(4, SIGKILL)}}}};
  tripling work{20};
  work.run_on(workers, {.chunk = 10});
  EXPECT_TRUE(work.is_complete());
  EXPECT_EQ(workers.alone, (std::set<std::pair<std::uint64_t, std::uint32_t>>{{5, 4}, {5, 5}}));
}

TEST(blame, gives_up_on_an_item_at_its_64th_external_death) {
  fake_backend survivors{{.deaths = {{5, signals(63, SIGKILL)}}}};
  tripling fine{20};
  fine.run_on(survivors, {.chunk = 10});
  EXPECT_TRUE(fine.is_complete());

  fake_backend workers{{.deaths = {{5, signals(64, SIGKILL)}}}};
  tripling work{20};
  EXPECT_EQ(loss_of(work, workers, {.chunk = 10}).attempts(), 64);
}

TEST(blame, does_not_carry_deaths_over_to_the_next_item) {
  fake_backend workers{{.deaths = {{3, signals{SIGSEGV}}, {4, signals{SIGSEGV}}, {5, signals{SIGSEGV}}}}};
  tripling work{10};
  work.run_on(workers, {.chunk = 10, .attempts = 2});
  EXPECT_TRUE(work.is_complete());
}

TEST(blame, is_kept_by_an_item_that_is_returned_between_its_deaths) {
  fake_backend workers{{.returns = 0.6, .deaths = {{3, signals{SIGSEGV, SIGSEGV}}}}};
  tripling work{10};
  EXPECT_EQ(loss_of(work, workers, {.chunk = 1, .attempts = 2}).attempts(), 2);
}

TEST(blame, takes_a_kill_at_a_limit_for_a_crash_of_the_item_itself) {
  const detail::job_rules rules{.reruns_externals = true, .attempts = 1};
  for (const auto cause : {detail::end_cause::memory, detail::end_cause::deadline, detail::end_cause::interrupted}) {
    detail::death_count deaths;
    EXPECT_EQ(detail::rule_on(deaths, SIGKILL, cause, rules), detail::ruling::fail);
    EXPECT_EQ(deaths.crashes, 1U);
  }
  detail::death_count deaths;
  EXPECT_EQ(detail::rule_on(deaths, SIGKILL, detail::end_cause::own, rules), detail::ruling::again);
}

TEST(blame, knows_which_deaths_come_from_outside) {
  EXPECT_TRUE(detail::is_external(SIGKILL));
  EXPECT_TRUE(detail::is_external(SIGTERM));
  for (const int signal : {0, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU, SIGHUP}) {
    EXPECT_FALSE(detail::is_external(signal)) << signal;
  }
}
