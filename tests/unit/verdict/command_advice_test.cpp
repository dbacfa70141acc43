#include "bench/advise/command_advice.hpp"

#include "bench/results/unknown.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke::bench;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A command of a second on 4 CPUs; `change` makes it show something.
template <class Change>
command_advice after(Change change, double cpus = 4) {
  command_trial trial{.command = {"x"},
                      .copies = 4,
                      .rounds = 3,
                      .alone = {.wall = 1, .user = 0.98, .system = 0.01},
                      .together = {.wall = 1.03, .user = 1.0, .system = 0.01},
                      .foreign = 0.001,
                      .last_words = {}};
  change(trial);
  return advise_command(trial, cpus);
}

TEST(command_advice, each_rule_names_what_it_was_made_for) {
  EXPECT_EQ(after([](command_trial&) {}).is, bound::cpu);
  EXPECT_EQ(after([](command_trial& t) { t.foreign = 0.5; }).is, bound::disturbed);
  EXPECT_EQ(after([](command_trial& t) { t.copies = 5; }).is, bound::oversubscribed);
  EXPECT_EQ(after([](command_trial& t) { t.alone.user = t.together.user = 0.02; }).is, bound::latency);
  EXPECT_EQ(after([](command_trial& t) { t.together.wall = 3.9, t.together.voluntary_switches = 2; }).is, bound::lock);
  EXPECT_EQ(after([](command_trial& t) {
              t.alone.user = t.together.user = 0.5;
              t.alone.system = t.together.system = 0.48;
            }).is,
            bound::kernel);
  EXPECT_EQ(after([](command_trial& t) { t.together.wall = t.together.user = 1.9; }).is, bound::contention);
}

TEST(command_advice, a_parallel_command_is_told_apart) {
  EXPECT_THAT(after([](command_trial& t) { t.alone.user = 3.6; }).evidence, HasSubstr("parallel already"));
}

TEST(command_advice, waiting_for_one_thing_is_no_reason_for_more_copies) {
  EXPECT_THAT(after([](command_trial& t) { t.alone.user = 0.1; }).advice, HasSubstr("run more of them than CPUs"));
  EXPECT_THAT(after([](command_trial& t) {
                t.alone.user = 0.1;
                t.together.wall = 3.5;
              }).advice,
              HasSubstr("wait for the same thing"));
}

TEST(command_advice, failed_and_short_commands_are_not_judged) {
  EXPECT_FALSE(after([](command_trial& t) { t.failed_status = 3; }).judged);
  EXPECT_FALSE(after([](command_trial& t) { t.alone.wall = 0.003; }).judged);
}

TEST(command_advice, what_waits_for_a_cpu_waits_for_no_lock) {
  const auto displaced = after([](command_trial& t) {
    t.together.wall = 1.9;
    t.alone.voluntary_switches = t.together.voluntary_switches = 1;
    t.together.involuntary_switches = 148;
  });
  EXPECT_EQ(displaced.is, bound::disturbed);
  EXPECT_FALSE(displaced.judged);
  EXPECT_THAT(displaced.evidence, HasSubstr("waited for a CPU"));
  EXPECT_EQ(after([](command_trial& t) { t.together.wall = 1.9; }).is, bound::disturbed) << "withheld";
  EXPECT_EQ(after([](command_trial& t) {
              t.alone.wall = 2;
              t.alone.involuntary_switches = 148;
            }).is,
            bound::disturbed)
      << "alone";
}

TEST(command_advice, more_copies_than_cpus_matter_to_those_that_compute) {
  const auto of_eight = [](command_trial& t) { t.copies = 8; };
  EXPECT_EQ(after(of_eight, 2).is, bound::oversubscribed);
  EXPECT_THAT(after(of_eight, 2).evidence, HasSubstr("on 2 CPUs"));
  const auto waiting = [](command_trial& t) {
    t.copies = 8;
    t.alone.user = t.together.user = 0.02;
  };
  EXPECT_EQ(after(waiting, 2).is, bound::latency);
  EXPECT_EQ(after(waiting, 1).is, bound::latency);
}

TEST(command_advice, one_cpu_has_advice_of_its_own) {
  const auto computing = after([](command_trial& t) { t.copies = 2, t.together.wall = 2; }, 1);
  EXPECT_EQ(computing.is, bound::cpu);
  EXPECT_THAT(computing.advice, HasSubstr("There is one CPU"));
  const auto calling = after(
      [](command_trial& t) {
        t.copies = 2;
        t.alone.user = t.together.user = 0.4;
        t.alone.system = t.together.system = 0.58;
      },
      1);
  EXPECT_EQ(calling.is, bound::kernel);
  EXPECT_TRUE(after([](command_trial& t) { t.copies = 1; }, 1).judged);
}

TEST(command_advice, a_disturbed_trial_is_no_advice) {
  const auto disturbed = after([](command_trial& t) { t.foreign = 0.5; });
  EXPECT_FALSE(disturbed.judged);
  const std::string text = command_text({.command = {"x"}, .alone = {}, .together = {}, .last_words = {}}, disturbed);
  EXPECT_THAT(text, AllOf(HasSubstr("disturbed: other programs used 50 % of the CPUs"), Not(HasSubstr("confidence"))));
}

TEST(command_advice, it_names_only_commands_that_there_are) {
  EXPECT_THAT(after([](command_trial&) {}).advice, AllOf(HasSubstr("xargs -P 4"), Not(HasSubstr("yoke run"))));
}

TEST(command_advice, a_signal_that_ended_the_command_has_its_name) {
  EXPECT_THAT(after([](command_trial& t) {
                t.failed_status = 139;
                t.failed_signal = 11;
              }).evidence,
              HasSubstr("it was ended by SIGSEGV"));
}

TEST(command_advice, confidence_falls_with_doubt) {
  EXPECT_THAT(after([](command_trial&) {}).confidence, HasSubstr("high"));
  EXPECT_THAT(after([](command_trial& t) { t.rounds = 1; }).confidence, HasSubstr("low"));
  EXPECT_THAT(after([](command_trial& t) { t.foreign = 0.05; }).confidence, HasSubstr("low"));
  EXPECT_THAT(after([](command_trial& t) { t.foreign = yoke::bench::unknown; }).confidence,
              HasSubstr("cannot tell who else ran"));
  EXPECT_THAT(after([](command_trial& t) { t.alone.user = 0.65; }).confidence, HasSubstr("medium"));
}

}  // namespace
