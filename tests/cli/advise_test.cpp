#include "bench/results/json.hpp"
#include "support/measured/made_results.hpp"
#include "yoke_command.hpp"

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke_test;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

ended_program ran(std::vector<std::string> words) { return yoke_command(std::move(words)).run(); }

TEST(advise, a_command_that_waits_is_latency_bound) {
  const auto ended = ran({"advise", "-j", "2", "--", "sleep", "0.1"});
  const bool disturbed = ended.out.find("disturbed:") != std::string::npos;  // by other tests
  EXPECT_EQ(ended.status, disturbed ? 1 : 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("sleep 0.1"), HasSubstr(disturbed ? "no advice" : "latency or I/O bound"),
                               HasSubstr(disturbed ? "" : "confidence"), HasSubstr("-> ")));
}

TEST(advise, a_command_is_shown_alone_and_in_copies) {
  const auto ended = ran({"advise", "--copies", "3", "--", "sleep", "0.05"});
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("alone"), HasSubstr("each of 3 at once"), HasSubstr("wall time"), HasSubstr("user"),
                    HasSubstr("system"), HasSubstr("switches"), HasSubstr("read, written")));
  std::istringstream lines{ended.out};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(advise, a_command_that_fails_is_not_judged_and_its_words_are_shown) {
  const auto ended = ran({"advise", "--", "sh", "-c", "echo no such luck >&2; exit 7"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("sh -c 'echo no such luck >&2; exit 7'"), HasSubstr("status 7"),
                               HasSubstr("no such luck"), HasSubstr("succeed first")));
}

TEST(advise, a_command_that_a_signal_ends_has_failed) {
  EXPECT_THAT(ran({"advise", "--", "sh", "-c", "kill -SEGV $$"}).out, HasSubstr("ended by SIGSEGV"));
}

TEST(advise, a_command_that_is_too_short_is_told_so) {
  const auto ended = ran({"advise", "--", "true"});
  EXPECT_THAT(ended.out, AnyOf(HasSubstr("too short to judge"), HasSubstr("confidence"), HasSubstr("disturbed:")));
}

TEST(advise, a_command_that_is_not_there_is_127) {
  const auto ended = ran({"advise", "--", "/no/such/command"});
  EXPECT_EQ(ended.status, 127);
  EXPECT_THAT(ended.err, HasSubstr("/no/such/command: there is no such command"));
  const temporary_folder folder;
  EXPECT_EQ(ran({"advise", "--", folder.file("text", "x")}).status, 126);
  const auto of_folder = ran({"advise", "--", folder.path()});
  EXPECT_EQ(of_folder.status, 126);
  EXPECT_THAT(of_folder.err, AllOf(HasSubstr("it is a folder"), testing::Not(HasSubstr("executable"))));
}

TEST(advise, workloads_are_judged_from_results) {
  const temporary_folder folder;
  const std::string file = folder.file("results.json", yoke::bench::to_json(small_results()));
  const auto one = ran({"advise", "--results", file, "faults"});
  EXPECT_EQ(one.status, 0) << one.err;
  EXPECT_THAT(one.out, AllOf(HasSubstr("kernel bound"), HasSubstr("-> Use processes x 2"),
                             HasSubstr("confidence 100 %"), testing::Not(HasSubstr("primes"))));
  EXPECT_THAT(ran({"advise", "--results", file}).out, AllOf(HasSubstr("primes:"), HasSubstr("faults:")));
  const auto unknown = ran({"advise", "--results", file, "fualts"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean faults?"));
  EXPECT_EQ(ran({"advise", "--results", "/no/such/file", "faults"}).status, 3);
}

TEST(advise, a_workload_is_measured_where_there_are_no_results) {
  const auto one = ran({"advise", "sleep"});
  EXPECT_THAT(one.out, AllOf(HasSubstr("sleep:"), HasSubstr("confidence"))) << one.err;
  const bool disturbed = one.out.find("disturbed:") != std::string::npos;  // by other tests
  EXPECT_EQ(one.status, disturbed ? 1 : 0);
  EXPECT_THAT(one.out, testing::Not(HasSubstr(" \n")));
  EXPECT_THAT(one.out, HasSubstr(disturbed ? "Find a quiet machine" : "latency or I/O bound"));
}

TEST(advise, misuse_is_status_2) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"advise"},
                                             {"advise", "--"},
                                             {"advise", "sleep", "1"},
                                             {"advise", "x", "--", "true"},
                                             {"advise", "-j", "0", "--", "true"},
                                             {"advise", "-j", "2", "x"},
                                             {"advise", "sleeep"}}) {
    EXPECT_EQ(ran(words).status, 2) << testing::PrintToString(words);
  }
  EXPECT_THAT(ran({"advise", "sleeep"}).err,
              testing::StartsWith("yoke advise: unknown workload 'sleeep'; did you mean sleep?"));
  EXPECT_THAT(ran({"advise", "sleep", "1 2"}).err, HasSubstr("yoke advise -- sleep '1 2'\n"));
  EXPECT_THAT(ran({"advise", "./cpu.sh"}).err,
              HasSubstr("unknown workload './cpu.sh'; a command stands behind --: yoke advise -- ./cpu.sh\n"));
}

}  // namespace
