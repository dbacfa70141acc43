#include "kernel_grep_answers.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace std::string_view_literals;
using namespace yoke_test;

class expression_maker {
 public:
  explicit expression_maker(std::mt19937& random) : random_{random} {}

  /// make returns an expression of the syntax that the kernel and grep share.
  std::string make() {
    std::string made = expression(2);
    if (one_in(10)) made = "\\<" + made;
    if (one_in(10)) made += "\\>";
    return made;
  }

 private:
  bool one_in(unsigned n) { return random_() % n == 0; }
  const std::string& one_of(const std::vector<std::string>& all) { return all[random_() % all.size()]; }

  std::string expression(int depth) {
    static const std::vector<std::string> atoms{"a",    "b",     "c",     "A",           "_",           " ",
                                                ".",    "[ab]",  "[^a]",  "[^b\\]",      "[[:alpha:]]", "[[:space:]b]",
                                                "[]a]", "[a-c]", "[-c]",  "\\w",         "\\W",         "\\s",
                                                "\\S",  "\\b",   "\\B",   "(\\<a)",      "(b\\>)",      "^",
                                                "$",    "()",    "\\.",   "\\*",         "\\[",         "abc",
                                                "ca",   "x",     "[^\t]", "[[:upper:]_]"};
    static const std::vector<std::string> repeats{"*", "+", "?", "{2}", "{1,2}", "{0,2}", "{,2}", "{2,}", "{0}", "+?"};
    std::string made;
    for (unsigned left = 1 + random_() % 4; left > 0; --left) {
      made += depth > 0 && one_in(3) ? '(' + expression(depth - 1) + ')' : one_of(atoms);
      if (one_in(3)) made += one_of(repeats);
    }
    if (one_in(5)) made += '|' + expression(depth - 1);
    return made;
  }

  std::mt19937& random_;
};

constexpr std::string_view any_line = "aabbccA_ .*[x\n\n\n\\\0\t\xe9";

std::vector<std::string> some_of(std::mt19937& random, const std::vector<std::string>& flags) {
  std::vector<std::string> chosen;
  for (const auto& flag : flags) {
    if (random() % 4 == 0) chosen.push_back(flag);
  }
  return chosen;
}

std::vector<std::string> with(std::vector<std::string> flags, const std::string& another) {
  flags.push_back(another);
  return flags;
}

TEST(kernel_grep_property, finds_what_grep_finds_for_random_expressions) {
  std::mt19937 random{fixed_seed};
  expression_maker maker{random};
  int refused = 0;  // grep's own parser stumbles over some repeated anchors, such as (^+)
  for (int round = 0; round < 400; ++round) {
    const std::string pattern = maker.make();
    const std::string text = random_text(random, random() % 800, any_line);
    const auto flags = some_of(random, {"ignore-case", "invert-match"});
    const answer expected = real_grep(with(flags, "extended-regexp"), pattern, text);
    if (expected.status == 2 && ++refused < 50) continue;
    ASSERT_EQ(grep(flags, pattern, text), expected) << "round " << round << ", pattern '" << pattern << "'";
  }
}

TEST(kernel_grep_property, finds_what_grep_finds_among_many_matches) {
  std::mt19937 random{fixed_seed};
  expression_maker maker{random};
  for (int round = 0; round < 100; ++round) {
    const std::string pattern = maker.make();
    const std::string text = random_text(random, 60'000, any_line);
    const auto flags = some_of(random, {"ignore-case", "invert-match"});
    const auto counting = with(flags, "count");
    const answer expected = real_grep(with(flags, "extended-regexp"), pattern, text);
    if (expected.status == 2) continue;
    ASSERT_EQ(grep(flags, pattern, text), expected) << "round " << round << ", pattern '" << pattern << "'";
    ASSERT_EQ(grep(counting, pattern, text), real_grep(with(counting, "extended-regexp"), pattern, text))
        << "round " << round << ", pattern '" << pattern << "'";
  }
}

TEST(kernel_grep_property, finds_what_grep_finds_for_random_plain_strings) {
  std::mt19937 random{fixed_seed};
  for (int round = 0; round < 120; ++round) {
    const std::string pattern = random_text(random, 1 + random() % 4, "abcABC.*[\\");
    const std::string text = random_text(random, random() % 2000, "aabbccABC.*[\n\n\\");
    const auto flags = with(some_of(random, {"ignore-case", "invert-match", "count"}), "fixed-strings");
    ASSERT_EQ(grep(flags, pattern, text), real_grep(flags, pattern, text)) << "pattern '" << pattern << "'";
  }
}

TEST(kernel_grep_property, counts_what_it_would_print) {
  std::mt19937 random{fixed_seed};
  expression_maker maker{random};
  for (int round = 0; round < 500; ++round) {
    const std::string pattern = maker.make();
    const std::string text = random_text(random, random() % 400, any_line);
    const answer printed = grep({}, pattern, text);
    const auto lines = std::count(printed.text.begin(), printed.text.end(), '\n');
    ASSERT_EQ(grep({"count"}, pattern, text), (answer{std::to_string(lines) + '\n', printed.status})) << pattern;
    const answer rest = grep({"invert-match", "count"}, pattern, text);
    const auto all = std::count(text.begin(), text.end(), '\n') + (text.empty() || text.back() == '\n' ? 0 : 1);
    ASSERT_EQ(rest.text, std::to_string(all - lines) + '\n') << pattern;
  }
}

TEST(kernel_grep_property, does_not_depend_on_where_blocks_end) {
  std::mt19937 random{fixed_seed};
  expression_maker maker{random};
  for (int round = 0; round < 300; ++round) {
    const auto flags = some_of(random, {"ignore-case", "invert-match", "count"});
    const auto kernel = make_kernel("grep", {flags, {maker.make()}});
    const std::string text = random_text(random, random() % 3000, "aabbcc _\n");
    ASSERT_EQ(run_on_blocks(*kernel, cut(text, random)), run_whole(*kernel, text));
  }
}

TEST(kernel_grep_property, finds_a_rare_word_and_a_common_one_in_a_large_text) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i) + '\n';
  for (const std::string pattern : {"7", "777", "99999", "1[0-9]*1$", "^1", "", "nothing", ".*77.*88", "(1|3|5)$"}) {
    for (const auto& flags : {std::vector<std::string>{}, {"invert-match"}, {"count"}}) {
      EXPECT_EQ(grep(flags, pattern, text), real_grep(with(flags, "extended-regexp"), pattern, text)) << pattern;
    }
  }
}

TEST(kernel_grep_property, stays_right_where_an_expression_has_too_many_states) {
  std::mt19937 random{fixed_seed};
  const std::string text = random_text(random, 200'000, "aabbb\nb");
  for (const std::string pattern : {"a.{18}b", "(a|b)*a(a|b){16}b", "^(b.{14}a|a.{15}b)", "a.{12}b|b$"}) {
    for (const auto& flags : {std::vector<std::string>{}, {"invert-match"}, {"count"}}) {
      EXPECT_EQ(grep(flags, pattern, text), real_grep(with(flags, "extended-regexp"), pattern, text)) << pattern;
    }
  }
}

}  // namespace
