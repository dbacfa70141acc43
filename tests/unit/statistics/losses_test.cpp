#include "bench/statistics/losses.hpp"

#include "support/measured/made_results.hpp"

#include <cmath>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

namespace {

using namespace yoke::bench;
using yoke_test::behaviour;
using yoke_test::results_maker;

repetition run_of(const behaviour& how, int workers) {
  results_maker maker{1, 0};
  return maker.workload("w").add(yoke::backend::processes, workers, how, 1).repetitions[0];
}

double sum(const waterfall& of) { return std::accumulate(of.parts.begin(), of.parts.end(), 0.0); }

TEST(losses, an_injected_loss_comes_out_as_itself) {
  const behaviour how{.useful = 1,
                      .inflation = 1.2,
                      .system = 0.1,
                      .blocked = 0.3,
                      .run_queue = 0.05,
                      .idle = 0.02,
                      .wait = 0.07,
                      .dispatch = 0.04};
  const waterfall found = split(run_of(how, 4), 4, 1);
  EXPECT_NEAR(found[loss::useful], 1, 1e-9);
  EXPECT_NEAR(found[loss::inflation], 0.2, 1e-9);
  EXPECT_NEAR(found[loss::kernel], 0.1, 1e-9);
  EXPECT_NEAR(found[loss::blocked], 0.3, 1e-9);
  EXPECT_NEAR(found[loss::run_queue], 0.05, 1e-9);
  EXPECT_NEAR(found[loss::start_up], 0.02, 1e-9);
  EXPECT_NEAR(found[loss::waiting], 0.03, 1e-9);
  EXPECT_NEAR(found[loss::dispatch], 0.04, 1e-9);
  EXPECT_NEAR(found[loss::tail], 0, 1e-9);
  EXPECT_EQ(found.largest(), loss::blocked);
}

TEST(losses, an_uneven_end_is_the_tail) {
  const waterfall found = split(run_of({.imbalance = 0.5}, 2), 2, 1);
  EXPECT_NEAR(found[loss::tail], 0.5, 1e-9);
  EXPECT_EQ(found.largest(), loss::tail);
}

TEST(losses, the_parts_add_up_whatever_the_accounts_say) {
  std::mt19937_64 random{21};
  std::uniform_real_distribution<double> any{0, 1};
  for (int i = 0; i < 1000; ++i) {
    repetition made = run_of({}, 3);
    for (worker_account& each : made.workers)
      for (double* field : {&each.idle, &each.wait, &each.work, &each.stop, &each.user, &each.system, &each.dispatch,
                            &each.run_queue, &each.retried})
        *field = any(random);
    const waterfall found = split(made, 3, any(random));
    EXPECT_NEAR(sum(found), 3 * made.wall, 1e-9);
    EXPECT_GE(found[loss::blocked], 0);
  }
}

TEST(losses, what_dead_workers_did_counts_as_retries) {
  repetition made = run_of({}, 2);
  made.workers_lost = 1;
  made.wall += 0.25;
  EXPECT_NEAR(split(made, 2, 1)[loss::retries], 0.5, 1e-9);
}

TEST(losses, accounts_of_replacements_count_what_they_worked_and_no_time_before_they_began) {
  repetition made = run_of({}, 2);
  for (int i = 0; i < 5; ++i) {
    worker_account late = made.workers[0];
    late.worker = 2 + i;
    late.idle = late.stop = made.wall / 2;
    late.work = late.user = 0.01;
    made.workers.push_back(late);
  }
  made.workers_lost = 5;
  made.wall += 0.1;
  const waterfall found = split(made, 2, 1);
  EXPECT_NEAR(sum(found), 2 * made.wall, 1e-9);
  EXPECT_NEAR(found[loss::retries], 0.15, 1e-9);
  EXPECT_EQ(found[loss::tail], 0);
  EXPECT_TRUE(std::isnan(pop(made, 2, 1).load_balance));
}

TEST(losses, without_accounts_nothing_is_known) {
  repetition made = run_of({}, 2);
  made.workers[0].user = unknown;
  EXPECT_FALSE(split(made, 2, 1).known);
  made.workers.clear();
  EXPECT_FALSE(split(made, 2, 1).known);
  EXPECT_TRUE(std::isnan(pop(made, 2, 1).global));
}

TEST(losses, the_product_of_pop_efficiencies_is_the_efficiency) {
  const repetition made = run_of({.inflation = 1.3, .wait = 0.2, .imbalance = 0.2}, 4);
  const pop_efficiencies found = pop(made, 4, 1);
  EXPECT_NEAR(found.load_balance, 1 / 1.2, 1e-9);
  EXPECT_NEAR(found.computation, 1 / 1.3, 1e-9);
  EXPECT_NEAR(found.global, 1 / (4 * made.wall), 1e-9);
}

}  // namespace
