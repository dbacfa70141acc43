#include "bench/verdict/verdict.hpp"

#include "support/measured/made_results.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke::bench;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using yoke::backend;
using yoke_test::behaviour;
using yoke_test::results_maker;

/// symptom_case is a workload made to show one symptom.
struct symptom_case {
  std::string name;
  bound expected;
  behaviour one;
  behaviour many;
  int workers = 2;
  std::uint64_t items = 1000;
};

std::ostream& operator<<(std::ostream& out, const symptom_case& given) { return out << given.name; }

const std::vector<symptom_case>& symptom_cases() {
  static const std::vector<symptom_case> cases{
      {"disturbed_by_others", bound::disturbed, {}, {.foreign = 0.3}},
      {"disturbed_by_the_hypervisor", bound::disturbed, {}, {.steal = 0.02}},
      {"oversubscribed", bound::oversubscribed, {}, {.run_queue = 1}, 4},
      {"too_fine", bound::too_fine, {.dispatch = 0.2}, {.wait = 0.4, .dispatch = 0.3}},
      {"starved", bound::starved, {}, {.wait = 0.5, .dispatch = 0.01}},
      {"imbalanced", bound::imbalanced, {}, {.imbalance = 0.4}},
      {"sleeping", bound::latency, {.useful = 0.01, .blocked = 1}, {.useful = 0.01, .blocked = 1}},
      {"half_io", bound::latency, {.blocked = 0.9}, {.blocked = 0.95}},
      {"one_mutex", bound::lock, {}, {.inflation = 1.05, .blocked = 0.95, .switches = 1000}},
      {"spinlock", bound::contention, {}, {.inflation = 1.9}},
      {"page_faults", bound::kernel, {.useful = 0.2, .system = 0.8}, {.useful = 0.2, .system = 1.4}},
      {"page_faults_that_block",
       bound::kernel,
       {.useful = 0.2, .system = 0.8},
       {.useful = 0.2, .system = 0.9, .blocked = 0.6, .switches = 3000}},
      {"cpu_burn", bound::cpu, {}, {.inflation = 1.03}},
      {"a_little_slower_memory", bound::unclear, {}, {.inflation = 1.2}},
  };
  return cases;
}

results results_of(const symptom_case& given, double noise = 0.005, std::uint64_t seed = 5) {
  results_maker maker{seed, noise};
  maker.workload(given.name, given.items).add(backend::serial, 1, given.one);
  maker.add(backend::processes, 1, given.one);
  maker.add(backend::processes, given.workers, given.many);
  return maker.made();
}

verdict verdict_of(const results& given) {
  const analysis made{given};
  const workload_figures& workload = made.workloads()[0];
  return judge(made, workload, *workload.widest(backend::processes, 100));
}

class classifier : public testing::TestWithParam<symptom_case> {};

TEST_P(classifier, labels_a_made_workload_right) {
  const verdict said = verdict_of(results_of(GetParam()));
  EXPECT_EQ(said.is, GetParam().expected) << to_string(said.is) << ": " << said.evidence;
  EXPECT_THAT(said.evidence, Not(HasSubstr("nan")));
  EXPECT_THAT(said.evidence, Not(IsEmpty()));
  EXPECT_THAT(said.advice, Not(IsEmpty()));
}

TEST_P(classifier, labels_it_right_in_20_of_20_noisy_runs) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const verdict said = verdict_of(results_of(GetParam(), 0.02, seed));
    EXPECT_EQ(said.is, GetParam().expected) << "seed " << seed << ": " << to_string(said.is) << ": " << said.evidence;
  }
}

INSTANTIATE_TEST_SUITE_P(symptoms, classifier, testing::ValuesIn(symptom_cases()),
                         [](const auto& given) { return given.param.name; });

TEST(verdict, is_sure_when_all_repetitions_agree) {
  const verdict said = verdict_of(results_of(symptom_cases()[12]));
  EXPECT_EQ(said.is, bound::cpu);
  EXPECT_EQ(said.confidence, 1);
  EXPECT_THAT(said.second, IsEmpty());
}

TEST(verdict, is_unclear_where_most_repetitions_disagree_with_the_typical_one) {
  results given = results_of(symptom_cases()[12]);
  cell& many = given.cells[2];
  for (std::size_t i = 0; i < 7; ++i)
    for (worker_account& each : many.repetitions[i].workers) each.user *= 0.5;
  std::size_t typical = 0;
  {
    const analysis made{given};
    typical = made.workloads()[0].widest(backend::processes, 2)->typical->number;
  }
  many.repetitions[typical].workers = many.repetitions[8].workers;
  const verdict said = verdict_of(given);
  EXPECT_EQ(said.is, bound::unclear);
  EXPECT_THAT(said.second, HasSubstr("CPU bound"));
  EXPECT_THAT(said.evidence, HasSubstr("the repetitions disagree"));
  EXPECT_THAT(said.advice, AllOf(HasSubstr("Measure again"), Not(HasSubstr("It scales"))));
}

TEST(verdict, is_what_most_repetitions_say_where_the_typical_one_is_alone) {
  results given = results_of(symptom_cases()[12]);
  std::size_t typical = 0;
  {
    const analysis made{given};
    typical = made.workloads()[0].widest(backend::processes, 2)->typical->number;
  }
  for (worker_account& each : given.cells[2].repetitions[typical].workers) each.user *= 0.5;
  const verdict said = verdict_of(given);
  EXPECT_EQ(said.is, bound::cpu) << to_string(said.is) << ": " << said.evidence;
  EXPECT_THAT(said.second, HasSubstr("of 10)"));
  EXPECT_THAT(said.advice, HasSubstr("It scales"));
}

TEST(verdict, does_not_take_a_machine_that_slows_down_for_contention) {
  results given = results_of(symptom_cases()[12]);
  for (cell& each : given.cells) {
    for (repetition& run : each.repetitions) {
      if (each.workers == 1 && run.block < 6) continue;  // slow for all of two workers' blocks, for some of one's
      if (each.workers == 2 && run.block < 4) continue;
      run.wall *= 1.5;
      for (worker_account& account : run.workers) account.user *= 1.5, account.work *= 1.5;
    }
  }
  const verdict said = verdict_of(given);
  EXPECT_EQ(said.is, bound::cpu) << to_string(said.is) << ": " << said.evidence;
}

TEST(verdict, takes_the_kernels_share_of_all_repetitions) {
  results given = results_of(symptom_cases()[12]);
  for (repetition& run : given.cells[2].repetitions) {  // a clock tick found one of ten in the kernel, and all of it
    if (run.number != 3) continue;
    for (worker_account& account : run.workers) std::swap(account.user, account.system);
  }
  const verdict said = verdict_of(given);
  EXPECT_EQ(said.is, bound::cpu) << said.evidence;
  EXPECT_THAT(said.second, IsEmpty());
}

TEST(verdict, without_accounts_nothing_is_claimed) {
  results given = results_of(symptom_cases()[12]);
  for (cell& each : given.cells)
    for (repetition& run : each.repetitions) run.workers.clear();
  EXPECT_EQ(verdict_of(given).is, bound::unclear);
}

TEST(verdict, kernel_bound_threads_are_told_to_become_processes) {
  results_maker maker;
  maker.workload("faults").add(backend::serial, 1, {.useful = 0.2, .system = 0.8});
  maker.add(backend::threads, 1, {.useful = 0.2, .system = 0.8});
  maker.add(backend::processes, 1, {.useful = 0.2, .system = 0.8});
  maker.add(backend::threads, 2, {.useful = 0.2, .system = 1.5});
  maker.add(backend::processes, 2, {.useful = 0.2, .system = 0.85});
  const analysis made{maker.made()};
  const workload_figures& workload = made.workloads()[0];
  const verdict said = judge(made, workload, *workload.find(backend::threads, 2));
  EXPECT_EQ(said.is, bound::kernel);
  EXPECT_THAT(said.advice, HasSubstr("use processes"));
  const recommendation advised = recommend(made, workload);
  EXPECT_EQ(advised.use, "processes x 2");
  EXPECT_THAT(advised.reason, HasSubstr("threads x 2 reach"));
}

TEST(verdict, kernel_bound_threads_that_sleep_for_a_lock_are_told_so_too) {
  results_maker maker;
  maker.workload("faults").add(backend::serial, 1, {.useful = 0.2, .system = 0.8});
  for (const backend kind : {backend::threads, backend::processes}) maker.add(kind, 1, {.useful = 0.2, .system = 0.8});
  maker.add(backend::threads, 2, {.useful = 0.2, .system = 0.85, .blocked = 0.25});
  maker.add(backend::processes, 2, {.useful = 0.2, .system = 0.85});
  const analysis made{maker.made()};
  const workload_figures& workload = made.workloads()[0];
  for (const backend kind : {backend::threads, backend::processes})
    EXPECT_THAT(judge(made, workload, *workload.find(kind, 2)).advice, HasSubstr("use processes"));
}

TEST(verdict, says_what_it_may_be_where_items_take_a_little_longer) {
  const verdict said = verdict_of(results_of(symptom_cases().back()));
  EXPECT_EQ(said.is, bound::unclear);
  EXPECT_THAT(said.evidence, HasSubstr("an item takes 1.2"));
  EXPECT_THAT(said.advice, HasSubstr("memory bandwidth"));
}

TEST(recommendation, equal_backends_give_processes_for_their_isolation) {
  results_maker maker{3};
  maker.workload("primes").add(backend::serial, 1, {});
  for (const backend kind : {backend::threads, backend::processes})
    for (const int workers : {1, 2}) maker.add(kind, workers, {.inflation = 1.01});
  const analysis made{maker.made()};
  const recommendation advised = recommend(made, made.workloads()[0]);
  EXPECT_EQ(advised.use, "processes x 2");
  EXPECT_THAT(advised.reason, AllOf(HasSubstr("no difference to threads x 2"), HasSubstr("a crash fails one item")));
  EXPECT_EQ(advised.equal.size(), 1U);
}

TEST(recommendation, threads_are_advised_where_they_are_faster) {
  results_maker maker{4};
  maker.workload("tiny").add(backend::serial, 1, {});
  maker.add(backend::threads, 2, {.wait = 0.05});
  maker.add(backend::processes, 2, {.wait = 0.9});
  const analysis made{maker.made()};
  EXPECT_EQ(recommend(made, made.workloads()[0]).use, "threads x 2");
}

TEST(recommendation, the_serial_loop_is_advised_where_nothing_is_faster) {
  results_maker maker{5};
  maker.workload("empty").add(backend::serial, 1, {});
  maker.add(backend::threads, 2, {.wait = 3});
  maker.add(backend::processes, 2, {.inflation = 3});
  const analysis made{maker.made()};
  const recommendation advised = recommend(made, made.workloads()[0]);
  EXPECT_EQ(advised.use, "the serial loop");
  EXPECT_THAT(advised.reason, HasSubstr("Neither"));
}

TEST(recommendation, a_disturbed_machine_gives_no_verdict_but_advice) {
  results_maker maker{6};
  maker.workload("primes").add(backend::serial, 1, {});
  maker.add(backend::processes, 2, {.foreign = 0.4});
  const analysis made{maker.made()};
  EXPECT_TRUE(made.disturbed());
  const recommendation advised = recommend(made, made.workloads()[0]);
  EXPECT_TRUE(advised.disturbed);
  EXPECT_EQ(advised.use, "no verdict");
  EXPECT_EQ(advised.reason, "No verdict: the machine was busy.");
  EXPECT_THAT(advised.why.evidence, HasSubstr("other programs used 40 %"));
  EXPECT_THAT(advised.why.advice, HasSubstr("quiet machine"));
}

TEST(recommendation, cells_with_errors_are_never_advised) {
  results_maker maker{7};
  maker.workload("crash").add(backend::serial, 1, {});
  maker.add(backend::threads, 2, {.useful = 0.1}).error = "the hash is wrong";
  maker.add(backend::processes, 2, {});
  const analysis made{maker.made()};
  EXPECT_EQ(recommend(made, made.workloads()[0]).use, "processes x 2");
}

TEST(recommendation, fewer_than_6_repetitions_give_no_verdict) {
  for (const int count : {1, 5, 6}) {
    results_maker maker{8};
    maker.workload("primes").add(backend::serial, 1, {}, 6);
    maker.add(backend::processes, 2, {}, count);
    maker.made().plan.budget = unknown;
    const analysis made{maker.made()};
    const recommendation advised = recommend(made, made.workloads()[0]);
    EXPECT_EQ(advised.use, count < 6 ? "no verdict" : "processes x 2");
    if (count == 6) continue;
    EXPECT_EQ(advised.best, nullptr);
    EXPECT_THAT(advised.reason, HasSubstr("No verdict: " + std::to_string(count) + " repetition"));
    EXPECT_EQ(advised.why.advice, "Measure again, and let the run end.");
  }
}

/// with_times gives a cell's repetitions these wall times.
void with_times(cell& of, const std::vector<double>& times) {
  for (std::size_t i = 0; i < of.repetitions.size(); ++i) of.repetitions[i].wall = times[i % times.size()];
}

TEST(recommendation, a_wide_interval_is_no_proof_that_nothing_is_faster) {
  results_maker maker{8};
  maker.workload("primes").timed(backend::serial, 1, 1);
  with_times(maker.timed(backend::processes, 2, 1), {0.2, 1.3});
  const analysis made{maker.made()};
  const recommendation advised = recommend(made, made.workloads()[0]);
  EXPECT_EQ(advised.use, "the serial loop");
  EXPECT_THAT(advised.reason, AllOf(HasSubstr("No difference to the serial loop was shown: processes x 2 reach"),
                                    HasSubstr("--thorough"), Not(HasSubstr("Neither"))));
}

TEST(recommendation, a_wide_interval_does_not_win_by_fewer_workers) {
  results_maker maker{8};
  maker.workload("primes").timed(backend::serial, 1, 1);
  with_times(maker.timed(backend::processes, 1, 1), {0.45, 1.3});
  maker.timed(backend::processes, 2, 0.5);
  const analysis made{maker.made()};
  EXPECT_EQ(recommend(made, made.workloads()[0]).use, "processes x 2");
}

TEST(recommendation, what_was_interrupted_is_told_from_what_was_not_asked_for) {
  results_maker maker{8};
  maker.workload("primes").add(backend::serial, 1, {});
  maker.add(backend::processes, 1, {});
  const analysis never{maker.made()};
  EXPECT_THAT(recommend(never, never.workloads()[0]).why.advice, HasSubstr("--workers 1,2"));
  maker.add(backend::processes, 2, {}, 0);
  const analysis cut{maker.made()};
  EXPECT_EQ(recommend(cut, cut.workloads()[0]).why.advice, "Measure again, with more --budget.");
  EXPECT_THAT(recommend(cut, cut.workloads()[0]).reason, HasSubstr("No verdict: 0 repetitions of processes x 2"));
  maker.made().cells[2].error = "item 3 threw";
  const analysis failing{maker.made()};
  EXPECT_EQ(recommend(failing, failing.workloads()[0]).why.advice, "Mend what fails, and measure again.");
}

TEST(recommendation, what_failed_is_told_from_what_was_not_measured) {
  results_maker maker{8};
  maker.workload("throw").add(backend::serial, 1, {}, 0).error = "item 3: it threw";
  const analysis failed{maker.made()};
  EXPECT_EQ(recommend(failed, failed.workloads()[0]).use, "failed");
  EXPECT_THAT(recommend(failed, failed.workloads()[0]).reason, HasSubstr("the serial loop: item 3: it threw"));
  maker.made().cells[0].error.clear();
  const analysis missing{maker.made()};
  EXPECT_EQ(recommend(missing, missing.workloads()[0]).use, "not measured");
}

TEST(recommendation, without_a_serial_time_no_speedup_is_claimed) {
  results_maker maker{9};
  maker.workload("primes").add(backend::serial, 1, {}, 0).error = "it crashed";
  maker.add(backend::processes, 2, {});
  const analysis made{maker.made()};
  EXPECT_THAT(recommend(made, made.workloads()[0]).reason, HasSubstr("no serial time"));
}

TEST(recommendation, nothing_measured_is_said) {
  results_maker maker{9};
  maker.workload("primes");
  const analysis made{maker.made()};
  EXPECT_THAT(recommend(made, made.workloads()[0]).reason, HasSubstr("No cell was measured"));
}

}  // namespace
