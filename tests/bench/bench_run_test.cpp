#include "bench/runner/bench_run.hpp"

#include <yoke/cpu.hpp>

#include "bench/runner/ceiling.hpp"
#include "bench/statistics/analysis.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke::bench;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

workload made_up(const std::string& name) {
  workload load;
  load.name = name;
  load.items = [](problem_size) { return std::uint64_t{8}; };
  load.scales = true;
  return load;
}

/// fake_runner measures nothing: each repetition takes a second by the test's clock.
class fake_runner final : public cell_runner {
 public:
  outcome run(const cell_plan& cell, const run_terms& terms) override {
    ++runs_;
    clock_ += 1;
    outcome made;
    made.figures.wall = 0.5;
    made.figures.hash = "right";
    if (terms.warm_ups > 0 && change) change(cell, made);
    made.hung = terms.patience < std::chrono::seconds{needs_patience};
    if (made.hung) made.figures.error = "hung";
    if (runs_ == interrupt_at) interrupted = true;
    made.interrupted = interrupted;
    return made;
  }

  results run_all(int repetitions, std::optional<std::chrono::nanoseconds> budget = {}) {
    run_request request;
    request.what = {.loads = {&first, &second},
                    .backends = {yoke::backend::processes, yoke::backend::threads},
                    .workers = {1, 2},
                    .size = problem_size::small,
                    .weak = false};
    request.repetitions = repetitions;
    request.budget = budget;
    request.seed = seed;
    return yoke::bench::run_all(request, *this,
                                {.interrupted = interrupted,
                                 .now = [this] { return clock_; },
                                 .tell = [this](const run_step& step) { steps.push_back(step); },
                                 .look = std::chrono::milliseconds{1},
                                 .ceiling_rounds = 0});
  }

  workload first = made_up("first");
  workload second = made_up("second");
  std::function<void(const cell_plan&, outcome&)> change;
  std::vector<run_step> steps;
  std::atomic<bool> interrupted{false};
  int interrupt_at = -1;
  int needs_patience = 0;
  std::uint64_t seed = 1;

  [[nodiscard]] int runs() const { return runs_; }

 private:
  int runs_ = 0;
  double clock_ = 0;
};

const cell& find(const results& in, const std::string& name, yoke::backend backend, int workers) {
  return *std::ranges::find_if(in.cells, [&](const cell& each) {
    return each.workload == name && each.backend == backend && each.workers == workers;
  });
}

TEST(bench_run_process, measures_each_cell_once_in_each_block) {
  fake_runner runner;
  const results made = runner.run_all(6);
  ASSERT_EQ(made.cells.size(), 10U);
  for (const cell& each : made.cells) {
    ASSERT_EQ(each.repetitions.size(), 6U);
    for (std::uint64_t block = 0; block < 6; ++block) EXPECT_EQ(each.repetitions[block].block, block);
  }
  EXPECT_TRUE(made.plan.finished);
}

std::vector<std::string> order_of(const results& made) {
  std::map<std::uint64_t, std::string> order;
  for (const cell& each : made.cells) {
    for (const repetition& run : each.repetitions)
      order[run.order] = each.workload + std::string{to_string(each.backend)} + std::to_string(each.workers);
  }
  std::vector<std::string> names;
  for (const auto& [place, name] : order) names.push_back(name);
  return names;
}

TEST(bench_run_process, repeats_its_order_from_the_seed_alone) {
  fake_runner one;
  fake_runner same;
  fake_runner other;
  other.seed = 2;
  const auto order = order_of(one.run_all(6));
  EXPECT_EQ(order.size(), 60U);
  EXPECT_EQ(order, order_of(same.run_all(6)));
  EXPECT_NE(order, order_of(other.run_all(6)));
}

TEST(bench_run_process, makes_a_wrong_result_an_error_of_its_cell_and_of_no_other) {
  fake_runner runner;
  runner.change = [&](const cell_plan& cell, outcome& made) {
    if (cell.load == &runner.first && cell.workers == 2 && cell.backend == yoke::backend::threads)
      made.figures.hash = "wrong";
  };
  const results made = runner.run_all(6);
  const cell& bad = find(made, "first", yoke::backend::threads, 2);
  EXPECT_THAT(bad.error, AllOf(HasSubstr("wrong"), HasSubstr("right")));
  EXPECT_EQ(std::ranges::count_if(made.cells, [](const cell& each) { return !each.error.empty(); }), 1);
  EXPECT_THAT(made.warnings, Contains(AllOf(HasSubstr("first"), HasSubstr("thread"), HasSubstr("wrong result"))));
}

TEST(bench_run_process, says_that_serial_runs_differ) {
  fake_runner runner;
  runner.change = [&](const cell_plan& cell, outcome& made) {
    if (cell.load == &runner.first) made.figures.hash = "chance";
  };
  const results made = runner.run_all(6);
  EXPECT_THAT(find(made, "first", yoke::backend::serial, 1).error,
              AllOf(StartsWith("two serial runs differ"), HasSubstr("chance or addresses?")));
}

TEST(bench_run_process, names_the_cells_of_notes_and_sorts_them) {
  fake_runner runner;
  runner.change = [&](const cell_plan& cell, outcome& made) {
    if (cell.load == &runner.first) made.note = "noticed";
  };
  std::vector<std::string> notes;
  for (const std::string& each : runner.run_all(6).warnings) {
    if (each.ends_with("noticed")) notes.push_back(each);
  }
  EXPECT_THAT(notes, ElementsAre("first, serial: noticed", "first, 1 process: noticed", "first, 2 processes: noticed",
                                 "first, 1 thread: noticed", "first, 2 threads: noticed"));
}

TEST(bench_run_process, warns_of_no_figures_where_there_are_none) {
  fake_runner runner;
  const results made = runner.run_all(6, std::chrono::seconds{1});
  EXPECT_THAT(made.warnings, Contains(StartsWith("some cells were not measured")));
  EXPECT_THAT(made.warnings, Not(Contains(HasSubstr("/proc/stat"))));
}

TEST(bench_run_process, tries_a_cell_that_failed_no_second_time) {
  fake_runner runner;
  runner.change = [&](const cell_plan& cell, outcome& made) {
    if (cell.load == &runner.second && cell.backend == yoke::backend::processes)
      made.figures.error = "ended by SIGSEGV";
  };
  const results made = runner.run_all(6);
  EXPECT_EQ(find(made, "second", yoke::backend::processes, 1).repetitions.size(), 1U);
  EXPECT_EQ(find(made, "second", yoke::backend::threads, 1).repetitions.size(), 6U);
}

TEST(bench_run_process, keeps_what_was_measured_when_it_is_interrupted) {
  fake_runner runner;
  runner.interrupt_at = 2 + 10 + 5;  // two references, a block, and half of one
  const results made = runner.run_all(6);
  EXPECT_FALSE(made.plan.finished);
  std::size_t repetitions = 0;
  for (const cell& each : made.cells) repetitions += each.repetitions.size();
  EXPECT_EQ(repetitions, 14U);
  EXPECT_THAT(made.warnings, Contains(HasSubstr("ended before all was measured")));
}

TEST(bench_run_process, ends_within_its_budget) {
  fake_runner runner;
  const results made = runner.run_all(6, std::chrono::seconds{32});
  EXPECT_FALSE(made.plan.finished);
  EXPECT_LE(made.plan.seconds, 32);
  EXPECT_EQ(made.cells.front().repetitions.size(), 3U);
  EXPECT_THAT(made.warnings, Contains(HasSubstr("too few for an interval")));
}

TEST(bench_run_process, counts_the_references_against_its_budget) {
  fake_runner runner;
  const results made = runner.run_all(6, std::chrono::seconds{1});
  EXPECT_EQ(runner.runs(), 1);
  EXPECT_FALSE(made.plan.finished);
}

TEST(bench_run_process, gives_a_repetition_no_more_time_than_its_budget_has) {
  fake_runner runner;
  runner.needs_patience = 10;
  const results made = runner.run_all(6, std::chrono::seconds{15});
  EXPECT_EQ(runner.runs(), 7);
  EXPECT_FALSE(made.plan.finished);
  for (const cell& each : made.cells) EXPECT_EQ(each.error, "");
}

TEST(ceiling_process, has_no_more_spinners_than_cpus) {
  const auto points = measure_ceiling({1, 4096}, 0, [] { return true; });
  ASSERT_FALSE(points.empty());
  for (const ceiling_point& each : points) EXPECT_LE(each.workers, static_cast<int>(yoke::usable_cpus()));
}

TEST(ceiling, of_more_workers_than_cpus_is_that_of_the_cpus) {
  results given;
  given.environment.usable_cpus = 4;
  given.ceiling = {{1, {1, 1}}, {4, {0.5, 0.5}}};
  const analysis figures{given};
  EXPECT_DOUBLE_EQ(figures.ceiling_at(16), 2);
  EXPECT_DOUBLE_EQ(figures.ceiling_at(3), 3);
}

TEST(bench_run_process, knows_the_time_left_from_the_first_block_on) {
  fake_runner runner;
  static_cast<void>(runner.run_all(6));
  EXPECT_EQ(runner.steps.back().done, 59U);
  EXPECT_EQ(runner.steps.back().all, 60U);
  EXPECT_DOUBLE_EQ(runner.steps.back().seconds_left, 1);
}

TEST(cell_plan, has_the_serial_loop_and_one_worker_in_any_case) {
  const workload load = made_up("load");
  const auto cells = cells_of({.loads = {&load}, .backends = {yoke::backend::threads}, .workers = {4}, .weak = true});
  ASSERT_EQ(cells.size(), 4U);
  EXPECT_EQ(cells[0].backend, yoke::backend::serial);
  EXPECT_EQ(cells[1].workers, 1);
  EXPECT_EQ(cells[2].workers, 4);
  EXPECT_EQ(cells[3].shows, scaling::weak);
  EXPECT_EQ(cells[3].much.items, 32U);
}

TEST(cell_plan, counts_tasks_that_do_nothing_with_fewer_of_them) {
  workload load = made_up("load");
  load.item_seconds = 0;
  const auto cells = cells_of({.loads = {&load}, .backends = {yoke::backend::threads}, .workers = {1}, .weak = true});
  EXPECT_EQ(cells.back().shows, scaling::count);
  EXPECT_EQ(cells.back().much.items, 2U);
}

TEST(shuffled, is_another_permutation_in_each_block) {
  const auto order = shuffled(20, 7, 0);
  EXPECT_EQ(std::set<std::size_t>(order.begin(), order.end()).size(), 20U);
  EXPECT_EQ(order, shuffled(20, 7, 0));
  EXPECT_NE(order, shuffled(20, 7, 1));
}

}  // namespace
