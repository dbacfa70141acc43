#include "yoke_command.hpp"

#include <algorithm>
#include <regex>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke_test;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(usage, version_is_one_line) {
  const auto ended = yoke({"--version"});
  EXPECT_TRUE(std::regex_match(ended.out, std::regex{"yoke [0-9]+\\.[0-9]+\\.[0-9]+\n"})) << ended.out;
  EXPECT_EQ(ended.status, 0);
}

TEST(usage, help_lists_the_commands_on_stdout) {
  for (const std::string word : {"--help", "-h", "help"}) {
    const auto ended = yoke({word});
    EXPECT_THAT(ended.out, AllOf(HasSubstr("map"), HasSubstr("kernels"), HasSubstr("bench"), HasSubstr("doctor")));
    EXPECT_THAT(ended.err, IsEmpty());
    EXPECT_EQ(ended.status, 0);
  }
}

TEST(usage, every_command_and_kernel_explains_itself) {
  EXPECT_THAT(yoke({"map", "--help"}).out, AllOf(StartsWith("usage: yoke map"), HasSubstr("Exit status")));
  EXPECT_THAT(yoke({"map", "wc", "--help"}).out, StartsWith("usage: yoke map [OPTION...] wc"));
  EXPECT_THAT(yoke({"map", "grep", "-h"}).out, AllOf(HasSubstr("REGEX"), HasSubstr("--fixed-strings")));
  EXPECT_THAT(yoke({"map", "freq", "--help"}).out, HasSubstr("--field=N"));
  EXPECT_THAT(yoke({"kernels", "--help"}).out, StartsWith("usage: yoke kernels"));
  EXPECT_THAT(yoke({"bench", "--help"}).out, AllOf(StartsWith("usage: yoke bench"), HasSubstr("Exit status")));
  EXPECT_THAT(yoke({"doctor", "--help"}).out, StartsWith("usage: yoke doctor"));
}

TEST(usage, help_may_stand_before_what_it_is_about) {
  EXPECT_EQ(yoke({"help", "map"}).out, yoke({"map", "--help"}).out);
  EXPECT_EQ(yoke({"help", "map", "grep"}).out, yoke({"map", "grep", "--help"}).out);
  EXPECT_EQ(yoke({"help", "help"}).out, yoke({"--help"}).out);
  EXPECT_EQ(yoke({"help", "mpa"}).status, 2);
}

TEST(usage, help_names_each_exit_status) {
  for (const std::string status : {"0 ", "1 ", "2 ", "3 ", "4 ", "5 ", "130 ", "141 "}) {
    EXPECT_THAT(yoke({"map", "--help"}).out, HasSubstr(status));
  }
}

TEST(usage, the_kernel_for_tests_is_shown_nowhere) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"kernels"}, {"--help"}, {"map", "--help"}, {"map"}, {"map", "falt"}}) {
    const auto ended = yoke(words);
    EXPECT_THAT(ended.out + ended.err, testing::Not(testing::ContainsRegex("[^e]fault")))
        << testing::PrintToString(words);
  }
  EXPECT_THAT(yoke({"map", "fault", "--help"}).out, HasSubstr("stubborn"));
}

TEST(usage, nothing_at_all_asks_for_a_command) {
  const auto ended = yoke({});
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.err, HasSubstr("which command?"));
  EXPECT_THAT(ended.out, IsEmpty());
}

TEST(usage, an_unknown_command_is_told_the_nearest) {
  EXPECT_THAT(yoke({"mpa"}).err, HasSubstr("did you mean map?"));
  EXPECT_THAT(yoke({"--versoin"}).err, HasSubstr("did you mean --version?"));
  EXPECT_EQ(yoke({"mpa"}).status, 2);
}

TEST(usage, double_dash_ends_the_options) { EXPECT_EQ(yoke({"map", "--", "grep", "--", "-x"}, "a-x\n").out, "a-x\n"); }

TEST(usage, options_of_a_kernel_may_stand_behind_its_operands) {
  EXPECT_EQ(yoke({"map", "grep", "a", "-", "-c"}, "a\n").out, "1\n");
}

TEST(usage, operands_are_taken_byte_for_byte) {
  const temporary_folder folder;
  folder.file("[1,2]", "x\n");
  folder.file("{}", "y\n");
  EXPECT_EQ(yoke_command({"map", "grep", "[x,y]", "[1,2]", "{}"}).folder(folder.path()).run().out, "x\ny\n");
}

TEST(usage, kernels_are_listed_one_a_line) {
  const auto ended = yoke({"kernels"});
  EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 3);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("wc "), HasSubstr("grep "), HasSubstr("freq ")));
  EXPECT_EQ(yoke({"kernels", "wc"}).status, 2);
}

TEST(usage, doctor_finds_that_workers_start) {
  const auto ended = yoke({"doctor"});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("CPUs"), HasSubstr("memory groups"), HasSubstr("process workers"),
                               HasSubstr("start in")));
}

TEST(usage, doctor_counts_the_cpus_it_may_use) {
  EXPECT_THAT(shell("taskset -c 0 \"$YOKE\" doctor").out, HasSubstr("1 usable"));
}

/// The long options that a text speaks of.
std::set<std::string> options_in(const std::string& text) {
  std::set<std::string> found;
  const std::regex option{"--[a-z][a-z-]+"};
  for (std::sregex_iterator at{text.begin(), text.end(), option}, end; at != end; ++at) found.insert(at->str());
  return found;
}

std::string document(const std::string& name) {
  return std::regex_replace(contents(std::string{YOKE_SOURCE} + "/apps/" + name), std::regex{"\\\\-"}, "-");
}

std::set<std::string> options_of_map() {
  std::string help;
  for (const std::string kernel : {"--help", "wc", "grep", "freq"}) help += yoke({"map", kernel, "--help"}).out;
  return options_in(help);
}

TEST(documentation, the_manual_describes_each_option_and_no_other) {
  EXPECT_EQ(options_in(document("man/yoke-map.1")), options_of_map());
  EXPECT_EQ(options_in(document("man/yoke-bench.1")), options_in(yoke({"bench", "--help"}).out));
}

TEST(documentation, manuals_and_completions_of_report_and_advise_have_the_options_of_their_help) {
  for (const std::string command : {"report", "advise"}) {
    const std::set<std::string> described = options_in(document("man/yoke-" + command + ".1"));
    const std::set<std::string> wanted = options_in(yoke({command, "--help"}).out);
    for (const std::string& option : wanted) {
      EXPECT_TRUE(described.contains(option) || option == "--quick") << command << ' ' << option;
      for (const std::string file : {"completions/yoke.bash", "completions/_yoke"})
        EXPECT_TRUE(options_in(document(file)).contains(option) || option == "--quick") << file << ' ' << option;
    }
  }
}

TEST(documentation, completions_offer_each_option) {
  std::set<std::string> wanted = options_of_map();
  wanted.merge(options_in(yoke({"bench", "--help"}).out));
  for (const std::string file : {"completions/yoke.bash", "completions/_yoke"}) {
    const auto offered = options_in(document(file));
    for (const std::string& option : wanted) EXPECT_TRUE(offered.contains(option)) << file << ' ' << option;
  }
}

TEST(documentation, the_kernel_for_tests_is_in_no_manual_and_no_completion) {
  for (const std::string file : {"man/yoke.1", "man/yoke-map.1", "completions/yoke.bash", "completions/_yoke"}) {
    EXPECT_THAT(document(file), testing::Not(testing::ContainsRegex("[^e]fault"))) << file;
  }
}

TEST(documentation, every_command_has_a_manual) {
  for (const std::string command :
       {"yoke", "yoke-map", "yoke-kernels", "yoke-bench", "yoke-report", "yoke-advise", "yoke-doctor"}) {
    EXPECT_THAT(document("man/" + command + ".1"), HasSubstr(".TH")) << command;
  }
}

TEST(documentation, bash_completion_completes_commands_kernels_and_options) {
  const std::string script =
      "source \"$1\"; COMP_WORDS=(\"${@:2}\"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _yoke; "
      "printf '%s\\n' \"${COMPREPLY[@]}\"";
  const std::string file = std::string{YOKE_SOURCE} + "/apps/completions/yoke.bash";
  EXPECT_EQ(shell(script, {file, "yoke", "ma"}).out, "map\n");
  EXPECT_EQ(shell(script, {file, "yoke", "map", "gr"}).out, "grep\n");
  EXPECT_EQ(shell(script, {file, "yoke", "map", "--blo"}).out, "--block\n");
  EXPECT_EQ(shell(script, {file, "yoke", "map", "--backend", "th"}).out, "thread\n");
  EXPECT_EQ(shell(script, {file, "yoke", "map", "--backend", "=", "th"}).out, "thread\n");
  EXPECT_EQ(shell(script, {file, "yoke", "map", "--progress", "="}).out, "auto\nalways\nnever\n");
  EXPECT_EQ(shell(script, {file, "yoke", "map", "--backend", "=", "thread", "fr"}).out, "freq\n");
  EXPECT_EQ(shell(script, {file, "yoke", "map", "-j", "2", "freq", "--wo"}).out, "--words\n");
  EXPECT_EQ(shell(script, {file, "yoke", "bench", "--wor"}).out, "--workloads\n--workers\n");
  EXPECT_EQ(shell(script, {file, "yoke", "bench", "--size", "la"}).out, "large\n");
}

TEST(usage, messages_name_no_option_that_the_command_lacks) {
  const auto closed = yoke_command({"kernels"}).stdout_closed().run();
  EXPECT_EQ(closed.status, 3);
  EXPECT_THAT(closed.err, AllOf(HasSubstr("standard output is closed"), Not(HasSubstr("-o"))));
}

TEST(usage, messages_in_little_address_space_name_no_option_that_the_command_lacks) {
  const temporary_folder folder;
  const std::string large = folder.file("large.json", std::string(1 << 20, '['));
  std::filesystem::resize_file(large, 1U << 30U);
  const auto small = yoke_command({"report", large}).limit(RLIMIT_AS, 512UL << 20U).run();
  EXPECT_EQ(small.status, 3);
  EXPECT_THAT(small.err, Not(HasSubstr("--block")));
}

TEST(usage, a_file_that_never_was_is_not_as_it_was_before) {
  const auto ended = yoke({"map", "-o", "/nonexistent/x", "wc", "/dev/null"});
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("mkdir -p /nonexistent"), Not(HasSubstr("as it was before"))));
}

}  // namespace
