#include "kernel_grep_answers.hpp"

#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::AllOf;
using testing::HasSubstr;
using namespace std::string_view_literals;
using namespace yoke_test;

std::string refusal(const std::string& pattern) {
  try {
    make_kernel("grep", {{}, {pattern}});
  } catch (const yoke::kernels::bad_operand& error) {
    return error.what();
  }
  return "accepted";
}

TEST(kernel_grep, takes_time_linear_in_the_text_for_nested_repeats) {
  const std::string text(100'000, 'a');
  EXPECT_EQ(grep({"count"}, "^((a+)+)+$", text + "!\n").text, "0\n");
  EXPECT_EQ(grep({"count"}, "(a|aa)*b", text + '\n').text, "0\n");
}

TEST(kernel_grep, never_matches_across_a_newline) {
  for (const std::string pattern : {"a[^x]b", "a\\sb", "a.b", "a\\Wb", "a\\Db", "a[[:space:]]b", "a$.?^b", "a\\x0ab"}) {
    EXPECT_EQ(grep({}, pattern, "a\nb\n").text, "") << pattern;
  }
}

TEST(kernel_grep, takes_caret_and_dollar_for_the_ends_of_each_line) {
  EXPECT_EQ(grep({}, "^a", "ba\nab\n").text, "ab\n");
  EXPECT_EQ(grep({}, "a$", "ba\nab\n").text, "ba\n");
  EXPECT_EQ(grep({"count"}, "^$", "\n\na\n").text, "2\n");
}

TEST(kernel_grep, treats_nul_as_a_byte_like_any_other) {
  EXPECT_EQ(grep({}, "a.b", "a\0b\nab\n"sv).text, "a\0b\n"sv);
  EXPECT_EQ(grep({}, "[^x]b$", "\0b\n"sv).text, "\0b\n"sv);
}

TEST(kernel_grep, ends_a_last_line_that_lacks_its_newline) {
  EXPECT_EQ(grep({}, "b", "a\nb").text, "b\n");
  EXPECT_EQ(grep({}, "b$", "a\nb").text, "b\n");
  EXPECT_EQ(grep({"count"}, "b", "a\nb").text, "1\n");
  EXPECT_EQ(grep({"invert-match"}, "a", "a\nb").text, "b\n");
}

TEST(kernel_grep, keeps_a_carriage_return) { EXPECT_EQ(grep({}, "b", "a\r\nb\r\n").text, "b\r\n"); }

TEST(kernel_grep, matches_every_line_with_an_empty_pattern) {
  EXPECT_EQ(grep({"count"}, "", "a\n\nb").text, "3\n");
  EXPECT_EQ(grep({"count"}, "", ""), (answer{"0\n", 1}));
}

TEST(kernel_grep, says_with_its_status_that_nothing_matched) {
  EXPECT_EQ(grep({}, "x", "a\n"), (answer{"", 1}));
  EXPECT_EQ(grep({"count"}, "x", "a\n"), (answer{"0\n", 1}));
  EXPECT_EQ(grep({"count"}, "a", "a\n").status, 0);
}

TEST(kernel_grep, ignores_the_case_of_ascii_letters_only) {
  EXPECT_EQ(grep({"ignore-case"}, "straSSe[x-z]", "STRASSEZ\nstrassey\n").text, "STRASSEZ\nstrassey\n");
  EXPECT_EQ(grep({"ignore-case"}, "\xc3\xa9$", "\xc3\xa9\n\xe3\xa9\n\xc3\x89\n").text, "\xc3\xa9\n");
  EXPECT_EQ(grep({"ignore-case"}, "[\xc0-\xc5]", "\xc3\n\xe3\n").text, "\xc3\n");
  EXPECT_EQ(grep({"ignore-case"}, "[^a]", "A\na\n").status, 1);
  EXPECT_EQ(grep({"ignore-case"}, "[[:upper:]]\\S", "ab\n1b\n").text, "ab\n");
}

TEST(kernel_grep, tells_cases_apart_in_a_text_that_every_match_holds) {
  EXPECT_EQ(grep({}, "Error.*[0-9]", "error 1\nError 2\nERROR 3\n").text, "Error 2\n");
  EXPECT_EQ(grep({"ignore-case"}, "Error.*[0-9]", "error 1\nError\nERROR 3\n").text, "error 1\nERROR 3\n");
}

TEST(kernel_grep, separates_alternatives_by_newlines) {
  EXPECT_EQ(grep({}, "a\nb", "a\nb\nc\n").text, "a\nb\n");
  EXPECT_EQ(grep({"fixed-strings"}, "a.\n.b", "a.\nab\n.b\n").text, "a.\n.b\n");
}

TEST(kernel_grep, knows_the_escapes_it_promises) {
  EXPECT_EQ(grep({}, "^\\d+\\t\\D$", "12\tx\n12 x\n1\t2\n").text, "12\tx\n");
  EXPECT_EQ(grep({}, "\\x41\\x2e", "A.\nAx\n").text, "A.\n");
  EXPECT_EQ(grep({}, "a\\sb", "a\vb\na b\naxb\n").text, "a\vb\na b\n");
}

TEST(kernel_grep, takes_an_operator_without_anything_before_it_as_grep_does) {
  for (const std::string pattern :
       {"*a", "+a", "(*a)", "a|*b", "^*a", "{1}a", "a{x", "a{1", "a{1a}", "a)", "a**", "a+?{2}"}) {
    const std::string text = "a\nb\n*a\na{x\na{1\na{1a}\na)\n{1}a\n";
    EXPECT_EQ(grep({}, pattern, text), real_grep({"extended-regexp"}, pattern, text)) << pattern;
  }
}

TEST(kernel_grep, finds_the_ends_of_words_wherever_it_can) {
  const std::string text = "foo bar\nfoobar\n foo\nxfoo\n-foo-\n";
  for (const std::string pattern :
       {"\\<foo\\>", "\\<[a-f]o", "o+\\>", "x|\\<.*r\\>", "(\\<foo|x)", "(o\\>)", "\\<.", ".\\>"}) {
    EXPECT_EQ(grep({}, pattern, text), real_grep({"extended-regexp"}, pattern, text)) << pattern;
  }
  EXPECT_THAT(refusal("a(\\<.)"), AllOf(HasSubstr("\\< neither"), HasSubstr("at position 3"), HasSubstr("\\b")));
  EXPECT_THAT(refusal("(.\\>)a"), AllOf(HasSubstr("\\> neither"), HasSubstr("at position 3"), HasSubstr("\\b")));
  EXPECT_THAT(refusal("(.x*\\>)a"), HasSubstr("\\> neither"));
  EXPECT_THAT(refusal("\\<*"), HasSubstr("\\< neither"));
}

TEST(kernel_grep, says_where_an_expression_is_wrong) {
  EXPECT_THAT(refusal("ab(c"), HasSubstr("'(' without its ')' at position 3"));
  EXPECT_THAT(refusal("(a\nb)"), HasSubstr("'(' without its ')' at position 1"));
  EXPECT_THAT(refusal("ab[c"), HasSubstr("'[' without its ']' at position 3"));
  EXPECT_THAT(refusal("a\\"), HasSubstr("backslash with nothing behind it at position 2"));
  EXPECT_THAT(refusal("[z-a]"), HasSubstr("position 2"));
  EXPECT_THAT(refusal("(a)\\1"), HasSubstr("back-reference"));
  EXPECT_THAT(refusal("\\y"), HasSubstr("unknown escape \\y"));
  EXPECT_THAT(refusal("\\xg0"), HasSubstr("two hexadecimal digits"));
  EXPECT_THAT(refusal("[[.space.]]"), HasSubstr("collating element"));
  EXPECT_THAT(refusal("[:space:]"), HasSubstr("write [[:space:]], not [:space:]"));
}

TEST(kernel_grep, passes_on_what_re2_has_to_say) {
  EXPECT_THAT(refusal("[[:foo:]]"), AllOf(HasSubstr("'[[:foo:]]'"), HasSubstr("[:foo:]")));
  EXPECT_THAT(refusal("x{2,1}"), HasSubstr("invalid repetition size: {2,1}"));
  EXPECT_THAT(refusal("((a{1000}){1000}){1000}"), HasSubstr("up to 1000"));
  EXPECT_THAT(refusal('(' + std::string(20'000, '.') + "){999}"), HasSubstr("too large"));
  EXPECT_THAT(refusal(std::string(1'000'000, '.')), HasSubstr("longer than 128 KiB"));
  EXPECT_LT(refusal(std::string(100'000, '(')).size(), 200U);
  EXPECT_EQ(refusal(std::string(5'000, '(') + std::string(5'000, ')')), "accepted");
  EXPECT_EQ(refusal(std::string(100'000, '*')), "accepted");
}

TEST(kernel_grep, runs_in_several_threads_at_once) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i) + '\n';
  for (const bool count : {false, true}) {
    const auto kernel =
        make_kernel("grep", {count ? std::vector<std::string>{"count"} : std::vector<std::string>{}, {"1.*7|3$"}});
    const answer expected = run_whole(*kernel, text);
    std::vector<answer> answers(4);
    std::vector<std::thread> threads;
    for (auto& one : answers) threads.emplace_back([&] { one = run_whole(*kernel, text); });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(answers, std::vector<answer>(4, expected));
  }
}

TEST(kernel_grep, refuses_fixed_and_extended_at_once) {
  EXPECT_THROW(make_kernel("grep", {{"fixed-strings", "extended-regexp"}, {"a"}}), yoke::kernels::bad_operand);
}

TEST(kernel_grep, handles_a_line_longer_than_any_batch) {
  const std::string text = "short\n" + std::string(1'000'000, 'a') + "b\nshort\n";
  EXPECT_EQ(grep({}, "a[b]$", text).text.size(), 1'000'002U);
  EXPECT_EQ(grep({}, "sh|x", text).text, "short\nshort\n");
  EXPECT_EQ(grep({"count"}, ".", text).text, "3\n");
}

}  // namespace
