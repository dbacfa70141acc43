#include "bench/results/json.hpp"

#include "bench/results/exports.hpp"
#include "bench/results/whole_text.hpp"
#include "support/measured/made_results.hpp"
#include "support/temporary_folder.hpp"

#include <array>
#include <cmath>
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using namespace yoke::bench;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using yoke_test::small_results;

std::string refusal(const std::string& text) {
  try {
    (void)from_json(text, "old.json");
  } catch (const results_error& error) {
    return error.what();
  }
  return "accepted";
}

/// replaced returns results as JSON with the first `from` made `to`.
std::string replaced(const std::string& from, const std::string& to) {
  std::string text = to_json(small_results());
  const auto at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(results_json, what_was_written_is_read_the_same) {
  const std::string text = to_json(small_results());
  EXPECT_EQ(to_json(from_json(text, "x")), text);
}

TEST(results_json, what_was_not_measured_is_null_and_stays_unknown) {
  results given = small_results();
  given.cells[0].repetitions[0].pss = unknown;
  given.environment.quota_cpus = INFINITY;
  const results read = from_json(to_json(given), "x");
  EXPECT_TRUE(std::isnan(read.cells[0].repetitions[0].pss));
  EXPECT_TRUE(std::isnan(read.environment.quota_cpus));
  EXPECT_THAT(to_json(given), HasSubstr("\"quota_cpus\": null"));
}

TEST(results_json, texts_that_are_not_utf_8_do_no_harm) {
  results given = small_results();
  given.cells[0].error = "bad \xff byte \" \n";
  EXPECT_THAT(from_json(to_json(given), "x").cells[0].error, StartsWith("bad "));
}

TEST(results_json, members_that_nobody_knows_are_skipped) {
  EXPECT_EQ(refusal(replaced("{\n \"schema\"", "{\n \"colour\": [1, {}],\n \"schema\"")), "accepted");
}

TEST(results_json, a_file_cut_off_anywhere_says_so_and_where) {
  const std::string text = to_json(small_results());
  for (const double share : {0.01, 0.3, 0.7, 0.99}) {
    const std::string cut = text.substr(0, static_cast<std::size_t>(share * static_cast<double>(text.size())));
    EXPECT_THAT(refusal(cut), AllOf(StartsWith("old.json: line "), HasSubstr("cut off"), HasSubstr("measure again")));
  }
  EXPECT_THAT(refusal(" \n"), HasSubstr("empty"));
}

TEST(results_json, what_is_no_json_is_quoted_in_one_line) {
  EXPECT_THAT(refusal("<!doctype html>\n<p>"), HasSubstr("line 1: it is no JSON at '<!doctype html>' ("));
  EXPECT_THAT(refusal("{\n \"schema\": 1,\n x\n}"), HasSubstr("line 3: it is no JSON at ' x' ("));
}

TEST(results_json, bytes_that_nobody_can_read_are_quoted_as_numbers) {
  EXPECT_THAT(refusal(std::string("\0\x1b[1mELF", 8)),
              HasSubstr("line 1: it is no JSON at '\\x00\\x1b[1mELF' (an unknown number"));
  EXPECT_THAT(refusal(replaced("\"name\": \"faults\"", "\"name\": \"primes\\u0000\"")),
              AllOf(HasSubstr("'faults'"), HasSubstr("measure again")));
}

TEST(results_json, what_has_no_end_is_refused) {
  EXPECT_THROW((void)read_results("/dev/zero"), results_error);
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const std::string text = "{" + std::string(1000, ' ');
  ASSERT_EQ(write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  try {
    (void)whole_text(ends[0], "a pipe", 1000);
    ADD_FAILURE() << "accepted";
  } catch (const results_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("a pipe: there is more than"));
  }
  close(ends[0]);
  close(ends[1]);
}

TEST(results_json, another_version_is_told_before_anything_else) {
  EXPECT_THAT(refusal("{\"schema\": 2}"),
              AllOf(HasSubstr("its version is 2"), HasSubstr("reads version 1"), HasSubstr("yoke that wrote it")));
}

TEST(results_json, other_json_is_no_results) {
  for (const std::string text : {"[]", "{}", "3", "{\"context\": {}, \"benchmarks\": []}"})
    EXPECT_THAT(refusal(text), HasSubstr("does not hold results of yoke bench")) << text;
}

TEST(results_json, nan_is_refused_with_its_line) {
  EXPECT_THAT(refusal(replaced("\"noise\": 0.02", "\"noise\": NaN")),
              AllOf(StartsWith("old.json: line 10: "), HasSubstr("is null there, not NaN")));
  EXPECT_THAT(refusal(replaced("\"noise\": 0.02", "\"noise\": 1e999")), HasSubstr("out of range"));
}

TEST(results_json, a_wrong_type_is_told_with_its_place) {
  EXPECT_THAT(refusal(replaced("\"wall\":", "\"wall\":\"long\",\"x\":")),
              AllOf(HasSubstr("cells[0].repetitions[0].wall: a number or null was expected, not \"long\""),
                    HasSubstr("measure again")));
  EXPECT_THAT(refusal(replaced("\"finished\": true", "\"finished\": 1")), HasSubstr("plan.finished: true or false"));
  EXPECT_THAT(refusal(replaced("\"seed\": 7", "\"seed\": -7")), HasSubstr("plan.seed: a whole number, 0 or more"));
  EXPECT_THAT(refusal(replaced("\"backend\": \"serial\"", "\"backend\": \"gpu\"")),
              HasSubstr("cells[0].backend: \"serial\" or \"thread\" or \"process\" was expected, not \"gpu\""));
  EXPECT_THAT(refusal(replaced("\"workers\": 1", "\"workers\": 5000000000")), HasSubstr("a whole number"));
}

TEST(results_json, a_missing_member_is_told_with_its_place) {
  EXPECT_THAT(refusal(replaced("\"governor\"", "\"governer\"")), HasSubstr("environment: has no member 'governor'"));
}

TEST(results_json, a_repetition_needs_a_time_or_an_error) {
  results given = small_results();
  given.cells[1].repetitions[2].wall = unknown;
  EXPECT_THAT(refusal(to_json(given)), HasSubstr("cells[1].repetitions[2]: wall is no time above 0"));
  given.cells[1].repetitions[2].error = "the hash is wrong";
  EXPECT_EQ(refusal(to_json(given)), "accepted");
}

TEST(results_json, contradictions_are_refused) {
  const auto after = [](const std::function<void(results&)>& change) {
    results given = small_results();
    change(given);
    return refusal(to_json(given));
  };
  EXPECT_THAT(after([](results& r) { r.cells[1] = r.cells[0]; }), HasSubstr("cells[1]: the same cell"));
  EXPECT_THAT(after([](results& r) { r.cells[1].workload = "x"; }), HasSubstr("no workload is called 'x'"));
  EXPECT_THAT(after([](results& r) { r.workloads[1].name = "primes"; }), HasSubstr("listed twice"));
  EXPECT_THAT(after([](results& r) { r.cells[1].workers = 0; }), HasSubstr("cells[1]: 0 workers"));
  EXPECT_THAT(after([](results& r) { r.cells[1].repetitions[0].spans[0].worker = 9; }), HasSubstr("a span names"));
  EXPECT_THAT(after([](results& r) { r.ceiling[0].seconds[0] = 0; }), HasSubstr("ceiling"));
}

TEST(results_json, replacements_of_dead_workers_have_numbers_of_their_own) {
  results given = small_results();
  repetition& run = given.cells[1].repetitions[0];
  run.workers.push_back(run.workers[0]);
  run.workers.back().worker = 1;
  run.spans[3].worker = 1;
  EXPECT_EQ(refusal(to_json(given)), "accepted");
}

TEST(results_json, a_file_that_cannot_be_read_is_named) {
  const yoke_test::temporary_folder folder;
  EXPECT_THROW((void)read_results(folder.path() / "none.json"), results_error);
  EXPECT_THROW((void)read_results(folder.path()), results_error);
  const std::string file = folder.file("a.json", to_json(small_results()));
  EXPECT_EQ(read_results(file).cells.size(), small_results().cells.size());
}

}  // namespace
