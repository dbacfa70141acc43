#include "bench/advise/command_advice.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke::bench;
using testing::HasSubstr;

/// A command of a second on 4 CPUs; `change` makes it show something.
template <class Change>
command_advice after(Change change) {
  command_trial trial{.command = {"x"},
                      .copies = 4,
                      .rounds = 3,
                      .alone = {.wall = 1, .user = 0.98, .system = 0.01},
                      .together = {.wall = 1.03, .user = 1.0, .system = 0.01},
                      .foreign = 0.001,
                      .last_words = {}};
  change(trial);
  return advise_command(trial, 4);
}

TEST(command_advice, each_rule_names_what_it_was_made_for) {
  EXPECT_EQ(after([](command_trial&) {}).is, bound::cpu);
  EXPECT_EQ(after([](command_trial& t) { t.foreign = 0.5; }).is, bound::disturbed);
  EXPECT_EQ(after([](command_trial& t) { t.copies = 5; }).is, bound::oversubscribed);
  EXPECT_EQ(after([](command_trial& t) { t.alone.user = t.together.user = 0.02; }).is, bound::latency);
  EXPECT_EQ(after([](command_trial& t) { t.together.wall = 3.9; }).is, bound::lock);
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

TEST(command_advice, confidence_falls_with_doubt) {
  EXPECT_THAT(after([](command_trial&) {}).confidence, HasSubstr("high"));
  EXPECT_THAT(after([](command_trial& t) { t.rounds = 1; }).confidence, HasSubstr("low"));
  EXPECT_THAT(after([](command_trial& t) { t.foreign = 0.05; }).confidence, HasSubstr("low"));
  EXPECT_THAT(after([](command_trial& t) { t.alone.user = 0.65; }).confidence, HasSubstr("medium"));
}

}  // namespace
