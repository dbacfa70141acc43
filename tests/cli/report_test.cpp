#include "bench/results/json.hpp"
#include "support/measured/made_results.hpp"
#include "yoke_command.hpp"

#include <array>
#include <filesystem>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace yoke_test;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using yoke::bench::to_json;

ended_program ran(std::vector<std::string> words) { return yoke_command(std::move(words)).run(); }

class report : public testing::Test {
 protected:
  report() : results_{folder_.file("results.json", to_json(small_results()))} {}

  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path() / name; }

  temporary_folder folder_;
  std::string results_;
};

TEST_F(report, prints_a_table_that_says_what_to_use) {
  const auto ended = ran({"report", results_});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("processes x 2"), HasSubstr("CPU bound"), HasSubstr("use processes")));
  EXPECT_THAT(ended.err, IsEmpty());
}

TEST_F(report, writes_each_format) {
  const auto ended = ran({"report", results_, "--html", path("a.html"), "--md", path("a.md"), "--csv", path("a.csv"),
                          "--json", path("a.json"), "--google-json", path("g.json"), "--trace", path("t.json")});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(contents(path("a.html")), AllOf(StartsWith("<!doctype html>"), HasSubstr("<svg"), HasSubstr("</html>")));
  EXPECT_THAT(contents(path("a.md")), StartsWith("# Processes or threads?"));
  EXPECT_THAT(contents(path("a.csv")), StartsWith("workload,backend,workers"));
  EXPECT_EQ(contents(path("a.json")), contents(results_));
  EXPECT_THAT(contents(path("g.json")), HasSubstr("\"benchmarks\""));
  EXPECT_THAT(contents(path("t.json")), HasSubstr("\"traceEvents\""));
}

TEST_F(report, standard_output_may_be_a_file) {
  EXPECT_THAT(ran({"report", results_, "--csv", "-"}).out, StartsWith("workload,"));
  const auto two = ran({"report", results_, "--csv", "-", "--md", "-"});
  EXPECT_EQ(two.status, 2);
  EXPECT_THAT(two.err, HasSubstr("only one file"));
}

TEST_F(report, without_gnuplot_there_are_tables_and_a_line_that_says_how_to_get_plots) {
  const auto ended =
      yoke_command({"report", results_, "--html", path("a.html")}).environment("PATH", folder_.path()).run();
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("No plots"), HasSubstr("apt-get install gnuplot-nox")));
  EXPECT_THAT(contents(path("a.html")),
              AllOf(HasSubstr("apt-get install gnuplot-nox"), HasSubstr("<table"), HasSubstr("</html>")));
}

TEST_F(report, a_gnuplot_that_fails_costs_the_plots_only) {
  const std::string script = folder_.file("gnuplot", "#!/bin/sh\necho broken terminal >&2\nexit 3\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  const auto ended =
      yoke_command({"report", results_, "--html", path("a.html")}).environment("PATH", folder_.path()).run();
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("status 3"), HasSubstr("broken terminal"), Not(HasSubstr("install"))));
  EXPECT_THAT(contents(path("a.html")), HasSubstr("</html>"));
}

TEST_F(report, without_a_folder_for_plots_it_is_not_gnuplot_that_is_missed) {
  const auto ended =
      yoke_command({"report", results_, "--html", path("a.html")}).environment("TMPDIR", path("none")).run();
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.err, AllOf(HasSubstr(path("none")), HasSubstr("set TMPDIR"), Not(HasSubstr("install"))));
}

TEST_F(report, a_file_that_cannot_be_written_keeps_no_other_from_being_written) {
  const auto ended = shell("\"$YOKE\" report \"$1\" --csv - --md \"$2\" > /dev/full", {results_, path("a.md")});
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, HasSubstr("standard output"));
  EXPECT_THAT(contents(path("a.md")), StartsWith("# Processes or threads?"));
}

TEST_F(report, standard_input_is_read_once) {
  const auto ended = shell("\"$YOKE\" report - --baseline - < \"$1\"", {results_});
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.err, HasSubstr("can be read only once"));
}

TEST_F(report, a_baseline_with_nothing_in_common_is_status_1) {
  yoke::bench::results larger = small_results();
  for (auto& each : larger.cells) each.items *= 10;
  const auto ended = ran({"report", results_, "--baseline", folder_.file("larger.json", to_json(larger))});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.out, HasSubstr("Nothing could be compared"));
}

TEST_F(report, an_unwritable_output_is_named_before_anything_is_computed) {
  const auto ended = ran({"report", results_, "--html", "/no/such/folder/a.html"});
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, HasSubstr("/no/such/folder/a.html"));
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_EQ(shell("\"$YOKE\" report \"$1\" >/dev/full", {results_}).status, 3);
}

TEST_F(report, damaged_results_are_told_and_leave_no_file) {
  const std::string whole = contents(results_);
  const std::string cut = folder_.file("cut.json", whole.substr(0, whole.size() / 2));
  const auto ended = ran({"report", cut, "--html", path("a.html")});
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("cut.json: line "), HasSubstr("cut off")));
  EXPECT_FALSE(std::filesystem::exists(path("a.html")));
  EXPECT_THAT(ran({"report", folder_.file("v2.json", "{\"schema\": 2}")}).err, HasSubstr("its version is 2"));
  EXPECT_EQ(ran({"report", path("none.json")}).status, 3);
}

TEST_F(report, exits_with_1_on_a_regression) {
  yoke::bench::results slower = small_results();
  for (auto& each : slower.cells[2].repetitions) each.wall *= 1.5;
  const std::string now = folder_.file("now.json", to_json(slower));
  const auto worse = ran({"report", now, "--baseline", results_, "--md", path("a.md")});
  EXPECT_EQ(worse.status, 1);
  EXPECT_THAT(worse.out, HasSubstr("SLOWER primes, threads x 2"));
  EXPECT_THAT(contents(path("a.md")), HasSubstr("SLOWER"));
  EXPECT_EQ(ran({"report", results_, "--baseline", now}).status, 0);
  EXPECT_EQ(ran({"report", results_, "--baseline", results_}).status, 0);
}

TEST_F(report, writes_over_nothing_that_it_reads_or_writes) {
  const std::string whole = contents(results_);
  const auto over_input = ran({"report", results_, "--html", results_});
  EXPECT_EQ(over_input.status, 2);
  EXPECT_THAT(over_input.err, HasSubstr("--html " + results_ + ": that is the input"));
  const std::string old = folder_.file("old.json", whole);
  EXPECT_THAT(ran({"report", results_, "--baseline", old, "--json", old}).err, HasSubstr("that is the baseline"));
  EXPECT_THAT(ran({"report", results_, "--md", path("a"), "--csv", path("./a")}).err, HasSubstr("where --md writes"));
  EXPECT_EQ(contents(results_), whole);
  EXPECT_EQ(contents(old), whole);
}

TEST_F(report, does_not_write_over_standard_input) {
  const std::string whole = contents(results_);
  const auto ended = shell("\"$YOKE\" report - --html \"$1\" < \"$1\"", {results_});
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.err, HasSubstr("that is the input"));
  EXPECT_EQ(contents(results_), whole);
  EXPECT_EQ(shell("\"$YOKE\" report - --json - < \"$1\"", {results_}).out, whole);
}

TEST_F(report, reads_standard_input_from_where_it_is) {
  const std::string file = folder_.file("headed", "a line of another program\n" + contents(results_));
  const auto ended = shell("{ read -r line; \"$YOKE\" report -; } < \"$1\"", {file});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(ended.out, ran({"report", results_}).out);
  EXPECT_THAT(shell("\"$YOKE\" report - <&-").err, HasSubstr("standard input is closed"));
}

TEST_F(report, reads_standard_input_that_is_a_socket) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const std::string whole = contents(results_);
  ASSERT_EQ(send(ends[0], whole.data(), whole.size(), MSG_DONTWAIT), static_cast<ssize_t>(whole.size()));
  close(ends[0]);
  const auto ended = shell("\"$YOKE\" report - <&\"$1\"", {std::to_string(ends[1])});
  close(ends[1]);
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(ended.out, ran({"report", results_}).out);
}

TEST_F(report, reads_standard_input) {
  const auto ended = shell("\"$YOKE\" report - < \"$1\"", {results_});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(ended.out, ran({"report", results_}).out);
}

TEST_F(report, misuse_is_status_2) {
  EXPECT_THAT(ran({"report"}).err, HasSubstr("which results?"));
  EXPECT_EQ(ran({"report"}).status, 2);
  EXPECT_EQ(ran({"report", results_, results_}).status, 2);
  EXPECT_THAT(ran({"report", results_, "--htm", "x", "--hmtl", "x"}).err, HasSubstr("did you mean --html?"));
  EXPECT_EQ(ran({"report", results_, "--html", ""}).status, 2);
}

}  // namespace
