#include "yoke_command.hpp"

#include <csignal>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke_test;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// yoke bench with little to do.
ended_program small_bench(std::vector<std::string> more) {
  std::vector<std::string> words{"bench", "--size", "small", "--repetitions", "6"};
  words.insert(words.end(), more.begin(), more.end());
  return yoke(words);
}

TEST(bench, prints_a_table_of_80_columns) {
  const auto ended = small_bench({"-w", "queens,crashing", "--workers", "1,2"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(StartsWith("workload"), HasSubstr("queens"), HasSubstr("2 processes"),
                               HasSubstr("not possible"), HasSubstr("ceiling")));
  std::istringstream lines{ended.out};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(bench, writes_json_csv_and_a_trace) {
  const temporary_folder folder;
  const std::string json = folder.path() / "r.json";
  const std::string csv = folder.path() / "r.csv";
  const std::string trace = folder.path() / "t.json";
  const auto ended = small_bench({"-w", "queens", "--workers", "1", "--json", json, "--csv", csv, "--trace", trace});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(contents(json), AllOf(HasSubstr("\"queens\""), HasSubstr("yoke bench --size small")));
  EXPECT_THAT(contents(csv), HasSubstr("queens"));
  EXPECT_THAT(contents(trace), HasSubstr("traceEvents"));
}

TEST(bench, writes_nothing_but_json_to_standard_output_when_asked) {
  const auto ended = small_bench({"-w", "queens", "--workers", "1", "--json", "-"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(StartsWith("{"), HasSubstr("\"queens\""), testing::Not(HasSubstr("ceiling: "))));
}

TEST(bench, says_when_another_program_burns_a_core) {
  const auto ended = shell(
      "timeout 60 sh -c 'while :; do :; done' & burner=$!; "
      "\"$YOKE\" bench -w sleep --workers 1 --repetitions 6; status=$?; kill $burner; wait; exit $status");
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("disturbed: other programs used"));
}

TEST(bench, compares_with_a_baseline) {
  const temporary_folder folder;
  const std::string json = folder.path() / "r.json";
  const std::vector<std::string> little{"-w", "sleep", "--workers", "1", "--backends", "serial"};
  std::vector<std::string> first = little;
  first.insert(first.end(), {"--json", json});
  ASSERT_EQ(small_bench(first).status, 0);
  std::vector<std::string> second = little;
  second.insert(second.end(), {"--baseline", json});
  const auto ended = small_bench(second);
  EXPECT_THAT(ended.status, testing::AnyOf(0, 1)) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("cells compared"));
}

TEST(bench, has_status_1_where_something_is_slower_than_the_baseline) {
  const temporary_folder folder;
  const std::string json = folder.path() / "r.json";
  ASSERT_EQ(small_bench({"-w", "sleep", "--workers", "1", "--backends", "serial", "--json", json}).status, 0);
  std::string text = contents(json);
  std::size_t changed = 0;
  for (std::size_t at = 0; (at = text.find("\"wall\": 0.", at)) != std::string::npos; at += 9, ++changed)
    text.insert(at + 10, "00");
  if (changed == 0) {
    for (std::size_t at = 0; (at = text.find("\"wall\":0.", at)) != std::string::npos; at += 8, ++changed)
      text.insert(at + 9, "00");
  }
  ASSERT_GT(changed, 0U);
  const std::string faster = folder.file("faster.json", text);
  const auto ended = small_bench({"-w", "sleep", "--workers", "1", "--backends", "serial", "--baseline", faster});
  EXPECT_EQ(ended.status, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("SLOWER"));
}

TEST(bench, shows_and_writes_all_the_rest_where_a_file_cannot_be_written) {
  const temporary_folder folder;
  const std::string csv = folder.path() / "r.csv";
  const auto ended = small_bench({"-w", "sleep", "--workers", "1", "--json", "/dev/full", "--csv", csv});
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("sleep"), HasSubstr("1 process")));
  EXPECT_THAT(ended.err, HasSubstr("/dev/full: writing failed: No space left on device"));
  EXPECT_THAT(contents(csv), HasSubstr("sleep"));
}

TEST(bench, takes_lists_with_blanks) {
  const auto ended = small_bench({"-w", "sleep, fsync", "--workers", " 1, 2", "--backends", "serial, thread"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("sleep"), HasSubstr("fsync"), HasSubstr("2 threads")));
}

TEST(bench, lists_its_workloads) {
  const auto ended = yoke({"bench", "--list"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("mandelbrot"), HasSubstr("page_faults"), HasSubstr("philosophers")));
}

TEST(bench, keeps_what_was_measured_after_ctrl_c) {
  const temporary_folder folder;
  const std::string json = folder.path() / "r.json";
  running_yoke running{{"bench", "-w", "sleep", "--size", "medium", "--progress", "always", "--json", json}};
  eventually([] { return !worker_pids().empty(); });
  kill(running.pid(), SIGINT);
  const auto ended = running.wait();
  EXPECT_EQ(ended.status, 130);
  EXPECT_THAT(contents(json), HasSubstr("\"sleep\""));
  EXPECT_THAT(ended.err, HasSubstr("ended before all was measured"));
  eventually([] { return worker_pids().empty(); });
}

bool has_children(pid_t pid) { return !contents(fmt::format("/proc/{0}/task/{0}/children", pid)).empty(); }

class bench_ceiling : public testing::TestWithParam<int> {};

TEST_P(bench_ceiling, ends_at_a_signal_with_all_its_spinners) {
  const temporary_folder folder;
  const std::string json = folder.path() / "r.json";
  running_yoke running{{"bench", "-w", "sleep", "--thorough", "--json", json}};
  eventually([&] { return has_children(running.pid()); });
  kill(running.pid(), GetParam());
  const auto ended = running.wait();
  EXPECT_EQ(ended.status, 130) << ended.err;
  EXPECT_THAT(ended.err, AllOf(HasSubstr("ended before all was measured"), testing::Not(HasSubstr("spinner"))));
  EXPECT_THAT(contents(json), HasSubstr("\"sleep\""));
}

INSTANTIATE_TEST_SUITE_P(bench, bench_ceiling, testing::Values(SIGINT, SIGTERM));

/// What is wrong with a command line, and what the message says.
struct mistake {
  std::vector<std::string> words;
  int status;
  std::string says;
};

class bench_mistake : public testing::TestWithParam<mistake> {};

TEST_P(bench_mistake, is_named_before_anything_is_measured) {
  std::vector<std::string> words{"bench"};
  words.insert(words.end(), GetParam().words.begin(), GetParam().words.end());
  const auto ended = yoke(words);
  EXPECT_EQ(ended.status, GetParam().status);
  EXPECT_THAT(ended.err, HasSubstr(GetParam().says));
  EXPECT_EQ(ended.out, "");
}

INSTANTIATE_TEST_SUITE_P(
    bench, bench_mistake,
    testing::Values(
        mistake{{"-w", "mandelbrod"}, 2, "did you mean mandelbrot?"},
        mistake{{"-w", "qwertyuiop"}, 2, "yoke bench --list lists them"},
        mistake{{"-w", "sum,,sleep"}, 2, "a name on each side of a comma"}, mistake{{"sum"}, 2, "--workloads sum"},
        mistake{{"--repetitions", "1"}, 2, "from 6 to 1000"}, mistake{{"--repetitions", "0"}, 2, "from 6 to 1000"},
        mistake{{"--repetitions", "7x"}, 2, "from 6 to 1000"}, mistake{{"-w", "SUM"}, 2, "did you mean sum?"},
        mistake{{"-w", "sum, "}, 2, "a name on each side of a comma"}, mistake{{"--workers", "0"}, 2, "--workers 0"},
        mistake{{"--workers", ""}, 2, "--workers needs a number"},
        mistake{{"--baseline", "x.json", "--json", "./x.json"}, 2, "that is the baseline"},
        mistake{{"--workers", "1,x"}, 2, "--workers x"}, mistake{{"--workers", "5000"}, 2, "4096"},
        mistake{{"--backends", "proces"}, 2, "did you mean process?"},
        mistake{{"--size", "huge"}, 2, "small, medium, large"}, mistake{{"--quick", "--thorough"}, 2, "choose one"},
        mistake{{"--budget", "soon"}, 2, "--budget"}, mistake{{"--csv", "-"}, 2, "standard output has the table"},
        mistake{{"--json", "/nowhere/r.json"}, 3, "/nowhere/r.json"}, mistake{{"--csv", "/"}, 3, "Is a directory"},
        mistake{{"--json", "x.json", "--csv", "x.json"}, 2, "--csv x.json: that is where --json writes"},
        mistake{{"--baseline", "/nowhere/r.json"}, 3, "/nowhere/r.json"},
        mistake{{"--baseline", "/dev/null"}, 3, "/dev/null"}));

}  // namespace
