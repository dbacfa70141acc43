#include "support/temporary_folder.hpp"
#include "yoke_command.hpp"

#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yoke_bench.hpp>

namespace {

using namespace yoke_test;
using testing::AllOf;
using testing::HasSubstr;
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
