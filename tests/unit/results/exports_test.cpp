#include "bench/results/exports.hpp"

#include "support/measured/made_results.hpp"

#include <algorithm>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke::bench;
using testing::AllOf;
using testing::HasSubstr;
using yoke_test::small_results;

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

std::size_t repetitions(const results& of) {
  std::size_t count = 0;
  for (const cell& each : of.cells) count += each.repetitions.size();
  return count;
}

TEST(results_csv, has_a_row_per_repetition_with_as_many_fields_as_headings) {
  const results given = small_results();
  std::istringstream lines{to_csv(given)};
  std::size_t rows = 0;
  std::string line;
  std::string headings;
  std::getline(lines, headings);
  for (; std::getline(lines, line); ++rows) {
    EXPECT_EQ(line.back(), '\r');
    EXPECT_EQ(std::ranges::count(line, ','), std::ranges::count(headings, ',')) << line;
  }
  EXPECT_EQ(rows, repetitions(given));
}

TEST(results_csv, a_cell_without_repetitions_has_a_row_with_its_error) {
  results given = small_results();
  given.cells[3].repetitions.clear();
  given.cells[3].error = "killed, \"signal 9\"";
  EXPECT_THAT(to_csv(given), HasSubstr(",\"killed, \"\"signal 9\"\"\"\r\n"));
}

TEST(results_csv, what_is_unknown_is_an_empty_field) {
  results given = small_results();
  given.cells.resize(1);
  given.cells[0].repetitions.resize(1);
  given.cells[0].repetitions[0].begun = unknown;
  EXPECT_THAT(to_csv(given), HasSubstr("primes,serial,1,strong,1000,0,0,1,0,,"));
}

TEST(google_json, has_an_entry_per_repetition_in_nanoseconds) {
  results given = small_results();
  given.cells[0].repetitions[0].wall = 0.5;
  const std::string text = to_google_json(given);
  EXPECT_EQ(occurrences(text, "\"run_type\": \"iteration\""), repetitions(given));
  EXPECT_THAT(text, AllOf(HasSubstr("\"name\": \"primes/serial/workers:1/real_time\""),
                          HasSubstr("\"name\": \"primes/process/workers:2/weak/items:2000/real_time\""),
                          HasSubstr("\"real_time\": 500000000.0"), HasSubstr("\"time_unit\": \"ns\"")));
}

TEST(google_json, marks_failed_repetitions) {
  results given = small_results();
  given.cells[0].repetitions[0].error = "crashed";
  EXPECT_THAT(to_google_json(given), HasSubstr("\"error_message\": \"crashed\""));
}

TEST(chrome_trace, has_an_event_for_each_chunk_that_was_kept) {
  const results given = small_results();
  std::size_t spans = 0;
  for (const cell& each : given.cells)
    for (const repetition& run : each.repetitions) spans += run.spans.size();
  const std::string text = to_chrome_trace(given);
  EXPECT_EQ(occurrences(text, "\"ph\":\"X\""), spans);
  EXPECT_THAT(text, HasSubstr("primes on process x 2, repetition 0"));
}

}  // namespace
