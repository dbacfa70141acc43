#include "support/temporary_folder.hpp"
#include "yoke_command.hpp"

#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <yoke_bench.hpp>

namespace {

using namespace yoke_test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(bench_suite, measures_functions_of_a_program_on_both_backends) {
  const temporary_folder folder;
  const std::string json = folder.path() / "r.json";
  const auto ended = program{{YOKE_OWN_FUNCTION, "--workers", "2", "--repetitions", "6", "--json", json}}.run();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("divisors"), HasSubstr("squares"), HasSubstr("2 processes"), HasSubstr("2 threads")));
  EXPECT_THAT(contents(json), AllOf(HasSubstr("\"divisors\""), HasSubstr("own_function --workers 2")));
}

TEST(bench_suite, has_the_options_of_the_command) {
  EXPECT_THAT(program({YOKE_OWN_FUNCTION, "--help"}).run().out, StartsWith("usage: own_function"));
  EXPECT_THAT(program({YOKE_OWN_FUNCTION, "--list"}).run().out, AllOf(HasSubstr("divisors"), HasSubstr("squares")));
  const auto ended = program({YOKE_OWN_FUNCTION, "-w", "divisor"}).run();
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.err, HasSubstr("did you mean divisors?"));
}

/// A program whose main is a suite's, with these arguments.
int main_of(yoke::bench_suite& suite, std::vector<std::string> words) {
  words.insert(words.begin(), "mine");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  return suite.main(static_cast<int>(arguments.size()), arguments.data());
}

TEST(bench_suite, promises_no_workloads_of_the_command) {
  EXPECT_THAT(program({YOKE_OWN_FUNCTION, "--help"}).run().out,
              AllOf(HasSubstr("Measures this program's functions"), Not(HasSubstr("hazards")),
                    Not(HasSubstr("eight workloads"))));
}

TEST(bench_suite_DeathTest, has_nothing_to_measure_where_nothing_was_added) {
  EXPECT_EXIT(
      {
        yoke::bench_suite suite;
        ::_exit(main_of(suite, {}));
      },
      testing::ExitedWithCode(2), R"(mine: nothing to measure: add a workload with suite\.add\(\.\.\.\))");
}

TEST(bench_suite, refuses_names_and_items_that_make_no_sense) {
  yoke::bench_suite suite;
  const auto same = [](int number) { return number; };
  suite.add("one", std::vector{1}, same);
  EXPECT_THROW(suite.add("one", std::vector{1}, same), std::invalid_argument);
  EXPECT_THROW(suite.add("", std::vector{1}, same), std::invalid_argument);
  EXPECT_THROW(suite.add("a,b", std::vector{1}, same), std::invalid_argument);
  EXPECT_THROW(suite.add("none", std::vector<int>{}, same), std::invalid_argument);
}

}  // namespace
