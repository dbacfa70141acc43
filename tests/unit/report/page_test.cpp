#include "bench/report/baseline.hpp"
#include "bench/report/figures_text.hpp"
#include "bench/report/html/html_page.hpp"
#include "bench/report/html/html_text.hpp"
#include "bench/report/markdown.hpp"
#include "bench/report/plots/gnuplot.hpp"
#include "bench/report/plots/tidy_svg.hpp"
#include "bench/report/reported_warnings.hpp"
#include "bench/report/sections/sections.hpp"
#include "bench/report/terminal_table.hpp"
#include "bench/results/json.hpp"
#include "support/measured/made_results.hpp"

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke::bench;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using yoke_test::small_results;
using yoke_test::wide_results;

std::string page_of(const results& given, const std::string& missing = {}) {
  const analysis made{given};
  return to_html(write_document(made, {}), missing);
}

std::string markdown_of(const results& given) {
  const analysis made{given};
  return to_markdown(write_document(made, {}));
}

std::string terminal_of(const results& given) {
  const analysis made{given};
  return to_terminal(made, {});
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(report_page, has_its_fifteen_sections_in_order) {
  const std::string page = page_of(small_results());
  std::size_t at = 0;
  for (const std::string id : {"verdict", "setup", "method", "strong", "weak", "losses", "overheads", "grain",
                               "distributions", "timeline", "models", "correctness", "warnings", "baseline", "raw"}) {
    const auto found = page.find("<section id=\"" + id + "\"", at);
    ASSERT_NE(found, page.npos) << id;
    at = found;
  }
  EXPECT_EQ(occurrences(page, "<section "), 15U);
}

TEST(report_page, begins_with_what_to_use_and_why) {
  const std::string page = page_of(small_results());
  const std::string first = page.substr(page.find("<main>"), page.find("id=\"setup\"") - page.find("<main>"));
  EXPECT_THAT(first, AllOf(HasSubstr("processes x 2"), HasSubstr("95 % interval"), HasSubstr("CPU bound"),
                           HasSubstr("kernel bound"), HasSubstr("use processes")));
}

TEST(report_page, asks_nobody_for_anything_and_runs_nothing) {
  const std::string page = page_of(wide_results());
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("http://")));
  EXPECT_THAT(page, Not(HasSubstr("https://")));
  EXPECT_THAT(page, Not(ContainsRegex("(src|href)=\"[^#d]")));
}

TEST(report_page, texts_of_results_cannot_become_html) {
  results given = small_results();
  given.workloads[0].title = "<script>alert('x')</script>";
  given.plan.command = "a && b <c>";
  given.cells[0].error = "\"quoted\" & <b>";
  const std::string page = page_of(given);
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, AllOf(HasSubstr("&lt;script&gt;"), HasSubstr("a &amp;&amp; b &lt;c&gt;")));
}

TEST(report_page, every_name_in_it_is_unique) {
  const std::string page = page_of(wide_results());
  const std::regex id{" id=\"([^\"]*)\""};
  std::set<std::string> seen;
  for (std::sregex_iterator at{page.begin(), page.end(), id}, end; at != end; ++at)
    EXPECT_TRUE(seen.insert((*at)[1]).second) << (*at)[1];
}

TEST(report_page, raw_data_inside_is_what_was_given) {
  const results given = small_results();
  EXPECT_THAT(page_of(given), HasSubstr("data:application/json;base64," + base64(to_json(given))));
}

TEST(report_page, says_what_is_missing_without_plots) {
  EXPECT_THAT(page_of(small_results(), "No plots: install gnuplot"), HasSubstr("No plots: install gnuplot"));
}

TEST(report_page, a_cell_with_an_error_is_an_error_and_no_time) {
  results given = small_results();
  given.cells[2].error = "its hash is wrong";
  EXPECT_THAT(page_of(given), AllOf(HasSubstr("primes, threads x 2: its hash is wrong"), HasSubstr("not times")));
}

TEST(report_page, is_complete_for_results_of_one_repetition_and_of_none) {
  results given = small_results();
  for (cell& each : given.cells) each.repetitions.resize(1);
  EXPECT_THAT(page_of(given), AllOf(HasSubstr("No verdict: 1 repetition of "), HasSubstr("fewer than 6 repetitions")));
  for (cell& each : given.cells) each.repetitions.clear();
  given.ceiling.clear();
  EXPECT_THAT(page_of(given), AllOf(HasSubstr("not measured"), HasSubstr("ceiling was not measured")));
  EXPECT_THAT(page_of({}), HasSubstr("Nothing was measured"));
}

TEST(report_page, never_shows_what_is_no_number) {
  results given = wide_results();
  for (cell& each : given.cells)
    for (repetition& run : each.repetitions) run.pss = run.start = run.bytes_in = unknown;
  EXPECT_THAT(page_of(given), Not(ContainsRegex("[> (]-?nan[ <)]")));
}

TEST(report_page, base64_of_known_texts) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(report_plots_process, gnuplot_draws_every_figure_and_the_page_stays_small) {
  const results given = wide_results();
  const analysis made{given};
  document whole = write_document(made, {});
  const auto figures = figures_of(whole);
  ASSERT_GT(figures.size(), 60U);
  EXPECT_EQ(draw_plots(figures), "");
  EXPECT_GT(std::ranges::count_if(figures, [](const figure* each) { return !each->svg.empty(); }), 50);
  for (const figure* each : figures) {
    EXPECT_FALSE(each->title.empty());
    EXPECT_FALSE(each->description.empty()) << each->title;
    EXPECT_FALSE(each->numbers.rows.empty()) << each->title;
    EXPECT_THAT(each->svg, Not(HasSubstr("rgb("))) << each->title;
    EXPECT_THAT(each->svg, Not(HasSubstr("gnuplot_"))) << each->title;
  }
  EXPECT_LE(to_html(whole, {}).size(), 2'000'000U);
}

TEST(report_plots, what_is_no_whole_svg_gives_no_plot) {
  for (const std::string text : {"", "<svg viewBox=\"0 0 1 1\">", "</svg>", "no svg at all </defs></svg>"})
    EXPECT_EQ(tidy_svg(text, "a", "b", "c"), "") << text;
}

TEST(report_markdown, has_the_sections_and_tables_of_equal_width) {
  const results given = small_results();
  const analysis made{given};
  std::istringstream lines{to_markdown(write_document(made, {}))};
  std::size_t bars = 0;
  std::size_t sections = 0;
  for (std::string line; std::getline(lines, line);) {
    sections += line.starts_with("## ") ? 1 : 0;
    if (!line.starts_with('|')) {
      bars = 0;
      continue;
    }
    line = std::regex_replace(line, std::regex{R"(\\\|)"}, "");
    const auto count = static_cast<std::size_t>(std::ranges::count(line, '|'));
    EXPECT_TRUE(bars == 0 || count == bars) << line;
    bars = count;
  }
  EXPECT_EQ(sections, 15U);
}

TEST(report_terminal, fits_into_80_columns) {
  const results given = wide_results();
  const analysis made{given};
  std::istringstream lines{to_terminal(made, {})};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(report_terminal, a_name_is_cut_between_its_characters) {
  results given = small_results();
  for (workload_record& each : given.workloads) each.name = each.name == "primes" ? "ganzlangeßäöüß" : each.name;
  for (cell& each : given.cells) each.workload = each.workload == "primes" ? "ganzlangeßäöüß" : each.workload;
  EXPECT_THAT(terminal_of(given), HasSubstr("\nganzlangeßä.. "));
}

TEST(report_terminal, what_failed_is_told_in_words) {
  results given = small_results();
  for (cell& each : given.cells) {
    if (each.workload != "faults") continue;
    each.error = "item 3 threw \x1b[1mbad luck";
    each.repetitions.clear();
  }
  EXPECT_THAT(terminal_of(given), AllOf(HasSubstr(" failed "), HasSubstr("faults, the serial loop, threads x 1"),
                                        HasSubstr("item 3 threw \\x1b[1mbad luck"), Not(HasSubstr("faults: \n"))));
}

TEST(report_terminal, what_was_not_measured_is_no_failure) {
  results given = small_results();
  for (cell& each : given.cells)
    if (each.workload == "faults") each.repetitions.clear();
  EXPECT_THAT(terminal_of(given), AllOf(HasSubstr(" not measured "), HasSubstr("faults: No cell was measured. "),
                                        Not(HasSubstr("failed"))));
}

TEST(report_terminal, a_run_that_ended_early_says_so) {
  results given = small_results();
  given.plan.finished = false;
  given.plan.budget = unknown;
  given.cells[3].repetitions.resize(4);
  const std::string table = terminal_of(given);
  EXPECT_THAT(table, AllOf(HasSubstr("4 to 10 of 10 repetitions"), HasSubstr("Warning: The run ended early"),
                           HasSubstr("The governor is powersave"), Not(HasSubstr("--budget"))));
  EXPECT_THAT(markdown_of(given), HasSubstr("up to 10 repetitions each"));
}

TEST(report_warnings, tell_each_fact_once) {
  results given = small_results();
  given.plan.finished = false;
  for (cell& each : given.cells) each.repetitions.resize(2);
  given.cells[0].error = "it crashed";
  given.warnings = {"the run was ended before all was measured: what is here is what there was time for",
                    "some cells have only 2 repetitions, too few for an interval: give it more time",
                    "primes on serial with 1 worker: it crashed"};
  const analysis made{given};
  const auto found = reported_warnings(made);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0], AllOf(HasSubstr("ended early"), HasSubstr("fewer than 6"), HasSubstr("more --budget")));
}

TEST(report_correctness, cells_without_repetitions_gave_no_answer) {
  results given = small_results();
  given.cells[1].repetitions.clear();
  EXPECT_THAT(markdown_of(given), AllOf(HasSubstr("| primes | threads x 1 | not measured | 0 |"),
                                        HasSubstr("1 of 12 were not"), Not(HasSubstr("Every cell gave"))));
  for (cell& each : given.cells) each.repetitions.clear();
  EXPECT_THAT(markdown_of(given), AllOf(HasSubstr("\n\nNo cell was measured."), Not(HasSubstr(" ; "))));
}

TEST(report_verdict, a_busy_machine_is_told_once_for_each_workload) {
  results given = small_results();
  for (cell& each : given.cells)
    for (repetition& run : each.repetitions) run.disturbed.foreign = 0.54;
  const std::string text = markdown_of(given);
  EXPECT_THAT(text, HasSubstr("**No verdict: the machine was busy.**"));
  EXPECT_EQ(occurrences(text, "other programs used 54 %"), given.workloads.size());
}

TEST(figures, of_one_interval_have_as_many_decimals) {
  EXPECT_EQ(interval_text({0.0098, 0.0048, 0.0123}), "0.0098 (0.0048 to 0.0123)");
  EXPECT_EQ(interval_text({9.98, 9.91, 10.02}), "9.98 (9.91 to 10.02)");
  EXPECT_EQ(seconds_interval({0.00998, 0.00991, 0.01002}), "9.98 ms (9.91 to 10.02)");
}

TEST(figures, small_ones_are_not_zero) {
  EXPECT_EQ(times_text(0.0005), "0.00050 x");
  EXPECT_EQ(times_text(1.934), "1.93 x");
  EXPECT_EQ(number_text(1e-9), "1e-09");
}

TEST(figures, caches_are_powers_of_two) {
  EXPECT_EQ(binary_bytes_text(48 << 10), "48 KiB");
  EXPECT_EQ(binary_bytes_text(5 << 18), "1.25 MiB");
  EXPECT_THAT(markdown_of(small_results()), HasSubstr("L1 data 32 KiB, L3 unified 32 MiB"));
}

TEST(baseline, finds_the_cell_that_became_slower_and_no_other) {
  const results then = small_results();
  results now = then;
  for (repetition& each : now.cells[4].repetitions) each.wall *= 1.3;
  const analysis older{then};
  const analysis newer{now};
  const comparison found = compare(newer, older, "old.json");
  EXPECT_TRUE(found.regressed());
  EXPECT_EQ(std::ranges::count(found.changes, difference::slower, &cell_change::is), 1);
  EXPECT_THAT(to_terminal(newer, found), HasSubstr("SLOWER primes, processes x 1"));
  EXPECT_FALSE(compare(older, older, "same").regressed());
  EXPECT_FALSE(compare(older, newer, "slower then").regressed());
}

TEST(baseline, a_cell_that_fails_now_is_a_regression) {
  const results then = small_results();
  results now = then;
  now.cells[1].error = "crashed";
  const analysis older{then};
  const analysis newer{now};
  EXPECT_TRUE(compare(newer, older, "old").regressed());
}

TEST(baseline, a_failing_cell_is_told_with_its_error_and_its_kind) {
  const results then = small_results();
  results now = then;
  for (cell& each : now.cells)
    if (each.workload == "primes" && each.workers == 2) each.error = "crashed in item 3";
  const analysis older{then};
  const analysis newer{now};
  const comparison found = compare(newer, older, "old");
  EXPECT_THAT(found.broken, testing::Contains("primes, threads x 2 (weak): crashed in item 3"));
  EXPECT_EQ(std::set<std::string>(found.broken.begin(), found.broken.end()).size(), 4U);
}

TEST(baseline, cells_that_were_not_measured_are_no_failure) {
  const results then = small_results();
  results now = then;
  now.cells[2].repetitions.clear();
  now.cells[3].repetitions.clear();
  const analysis older{then};
  const analysis newer{now};
  const comparison found = compare(newer, older, "old");
  EXPECT_FALSE(found.regressed());
  EXPECT_EQ(found.unmeasured, 2U);
  EXPECT_THAT(to_terminal(newer, found),
              AllOf(HasSubstr("2 cells not measured this time"), Not(HasSubstr("FAILS NOW"))));
}

TEST(baseline, of_another_size_fails_any_check) {
  const results then = small_results();
  results now = then;
  for (cell& each : now.cells) each.items *= 10;
  const analysis older{then};
  const analysis newer{now};
  const comparison found = compare(newer, older, "old");
  EXPECT_TRUE(found.regressed());
  EXPECT_THAT(to_terminal(newer, found),
              AllOf(HasSubstr("Nothing could be compared"), HasSubstr("yoke bench --seed 7")));
  for (cell& each : now.cells) each.repetitions.clear();
  const analysis unmeasured{now};
  EXPECT_TRUE(compare(unmeasured, newer, "none now").regressed());
}

TEST(baseline, too_few_repetitions_are_neither_slower_nor_a_check_that_passed) {
  const results then = small_results();
  results now = then;
  for (repetition& each : now.cells[2].repetitions) each.wall *= 2;
  now.cells[2].repetitions.resize(5);
  const analysis older{then};
  const analysis newer{now};
  const comparison found = compare(newer, older, "old");
  EXPECT_FALSE(found.regressed());
  EXPECT_THAT(to_terminal(newer, found),
              AllOf(HasSubstr("1 cells measured fewer than 6 times"), Not(HasSubstr("SLOWER"))));
  for (cell& each : now.cells) each.repetitions.resize(5);
  const analysis cut{now};
  EXPECT_TRUE(compare(cut, older, "old").regressed());
}

TEST(baseline, doubts_are_told) {
  const results then = small_results();
  results now = then;
  now.environment.cpu_model = "Another CPU";
  now.environment.usable_cpus = 4;
  now.workloads[0].name = now.workloads[0].title = "other";
  for (cell& each : now.cells)
    if (each.workload == "primes") each.workload = "other";
  const analysis older{then};
  const analysis newer{now};
  const comparison found = compare(newer, older, "old");
  EXPECT_GE(found.doubts.size(), 2U);
  EXPECT_EQ(found.only_now, 7U);
  EXPECT_EQ(found.only_then, 7U);
}

}  // namespace
