#include "bench/runner/forked_runner.hpp"
#include "bench/verdict/rules.hpp"
#include "bench/workloads/workload_list.hpp"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke::bench;

enum class where { in_this_program, in_a_child, in_a_child_and_scales };

/// Crashes need processes, and an interpreter that ends with this program would be a leak to sanitizers.
std::vector<std::string> names(where place) {
  std::vector<std::string> found;
  for (const workload& load : workloads()) {
    if (load.obstacle && !load.obstacle().empty()) continue;
    if (place == where::in_this_program && (load.needs_isolation || load.obstacle)) continue;
    if (place == where::in_a_child_and_scales && !load.scales) continue;
    found.push_back(load.name);
  }
  return found;
}

std::string by_name(const testing::TestParamInfo<std::string>& of) { return of.param; }

class every_workload : public testing::TestWithParam<std::string> {
 protected:
  const workload& load_ = *find_workload(GetParam());
  amount whole() const { return {problem_size::small, load_.items(problem_size::small)}; }
};

TEST_P(every_workload, gives_the_serial_result_on_threads) {
  if (load_.prepare) load_.prepare(problem_size::small);
  const std::uint64_t wanted = load_.serial(whole()).hash;
  for (const int workers : {1, 3}) {
    yoke::pool pool{{.backend = yoke::backend::threads, .workers = workers}};
    EXPECT_EQ(load_.pooled(whole(), pool).hash, wanted) << workers;
  }
}
INSTANTIATE_TEST_SUITE_P(bench, every_workload, testing::ValuesIn(names(where::in_this_program)), by_name);

class every_workload_in_a_process : public every_workload {
 protected:
  outcome run(yoke::backend backend, int workers, std::uint64_t times = 1) {
    const std::atomic<bool> never{false};
    amount much = whole();
    much.items *= times;
    return forked_runner{never}.run({.load = &load_, .backend = backend, .workers = workers, .much = much}, {});
  }
};

TEST_P(every_workload_in_a_process, gives_the_serial_result) {
  const outcome wanted = run(yoke::backend::serial, 1);
  ASSERT_EQ(wanted.figures.error, "");
  for (const int workers : {1, 2, 3}) {
    const outcome made = run(yoke::backend::processes, workers);
    EXPECT_EQ(made.figures.error, "") << workers;
    EXPECT_EQ(made.figures.hash, wanted.figures.hash) << workers;
    EXPECT_GE(made.figures.workers.size(), static_cast<std::size_t>(workers));
  }
}

INSTANTIATE_TEST_SUITE_P(bench, every_workload_in_a_process, testing::ValuesIn(names(where::in_a_child)), by_name);

using scaling_workload_in_a_process = every_workload_in_a_process;

TEST_P(scaling_workload_in_a_process, gives_the_serial_result_for_more_items) {
  const outcome wanted = run(yoke::backend::serial, 1, 2);
  EXPECT_EQ(run(yoke::backend::processes, 2, 2).figures.hash, wanted.figures.hash);
  EXPECT_NE(run(yoke::backend::serial, 1, 1).figures.hash, wanted.figures.hash);
}
INSTANTIATE_TEST_SUITE_P(bench, scaling_workload_in_a_process, testing::ValuesIn(names(where::in_a_child_and_scales)),
                         by_name);

class workload_whose_caller_computes : public every_workload {};

TEST_P(workload_whose_caller_computes, tells_that_apart_from_dispatching_to_a_process) {
  if (load_.prepare) load_.prepare(problem_size::small);
  yoke::pool pool{{.workers = 1}};
  const timed run = load_.pooled(whole(), pool);
  EXPECT_GT(run.own.count(), 0);
  EXPECT_LE(run.own, run.user + run.system);
}
INSTANTIATE_TEST_SUITE_P(bench, workload_whose_caller_computes, testing::Values("sort", "k_means", "shared_table"),
                         by_name);

TEST(workload_list, has_each_name_once) {
  std::set<std::string> seen;
  for (const workload& load : workloads()) EXPECT_TRUE(seen.insert(load.name).second) << load.name;
  for (const std::string_view name : quick_set()) EXPECT_NE(find_workload(name), nullptr) << name;
}

TEST(workload_list, expects_bounds_that_there_are) {
  std::set<std::string_view> bounds;
  for (const auto& rule : rules()) bounds.insert(to_string(rule.names));
  for (const workload& load : workloads()) {
    if (!load.bound_by.empty()) {
      EXPECT_TRUE(bounds.contains(load.bound_by)) << load.name << ": " << load.bound_by;
    }
  }
}

TEST(workload_that_crashes, is_not_possible_on_threads_of_a_child_process) {
  const std::atomic<bool> never{false};
  const workload& load = *find_workload("crashing");
  const amount much{problem_size::small, load.items(problem_size::small)};
  const outcome made =
      forked_runner{never}.run({.load = &load, .backend = yoke::backend::threads, .workers = 2, .much = much}, {});
  EXPECT_TRUE(made.impossible);
  EXPECT_THAT(made.figures.error, testing::HasSubstr("not possible"));
}

TEST(workload_that_crashes, loses_workers_and_no_result_on_processes) {
  const std::atomic<bool> never{false};
  const workload& load = *find_workload("crashing");
  const amount much{problem_size::small, load.items(problem_size::small)};
  const outcome made =
      forked_runner{never}.run({.load = &load, .backend = yoke::backend::processes, .workers = 2, .much = much}, {});
  EXPECT_EQ(made.figures.error, "");
  EXPECT_GE(made.figures.workers_lost, 1U);
}

}  // namespace
