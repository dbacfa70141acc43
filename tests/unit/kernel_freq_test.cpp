#include "kernel_support.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"
#include "workers/kernels/key_counts.hpp"

#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::HasSubstr;
using namespace std::string_view_literals;
using namespace yoke_test;

std::string freq(const std::vector<std::string>& flags, std::string_view text) {
  return run_whole(*make_kernel("freq", {flags, {}}), text).text;
}

/// real_tools runs a shell pipeline on a text and puts its `uniq -c` counts into freq's shape and order.
std::string real_tools(const std::string& filter, const std::string& text) {
  const std::string script = filter + " | sort | uniq -c | sed -E 's/^ *([0-9]+) /\\1\\t/' | sort -t '\t' -k1,1nr -k2";
  return program{{"sh", "-c", script}}.environment("LC_ALL", "C").input(text).run().out;
}

std::string refusal(const std::vector<std::string>& flags) {
  try {
    make_kernel("freq", {flags, {}});
  } catch (const yoke::kernels::bad_operand& error) {
    return error.what();
  }
  return "accepted";
}

TEST(kernel_freq, counts_lines_as_sort_and_uniq_do) {
  std::mt19937 random{fixed_seed};
  for (int round = 0; round < 30; ++round) {
    const std::string text = random_text(random, random() % 3000, "ab \n\n\xe9") + '\n';
    ASSERT_EQ(freq({}, text), real_tools("cat", text));
  }
}

TEST(kernel_freq, counts_fields_as_awk_does) {
  std::mt19937 random{fixed_seed};
  for (int round = 0; round < 30; ++round) {
    const std::string text = random_text(random, random() % 3000, "ab   \t\n\n\x0b\x0d") + '\n';
    ASSERT_EQ(freq({"field=2"}, text), real_tools("awk 'NF >= 2 {print $2}'", text));
  }
}

TEST(kernel_freq, counts_words_between_any_white_space) {
  std::mt19937 random{fixed_seed};
  for (int round = 0; round < 30; ++round) {
    const std::string text = "x " + random_text(random, random() % 3000, "ab \t\n\v\f\r") + " x\n";
    ASSERT_EQ(freq({"words"}, text), real_tools("tr -s '[:space:]' '\\n'", text));
  }
}

TEST(kernel_freq, puts_the_most_frequent_first_and_ties_in_order_of_bytes) {
  EXPECT_EQ(freq({}, "b\na\nc\nc\n\xff\nB\n"), "2\tc\n1\tB\n1\ta\n1\tb\n1\t\xff\n");
}

TEST(kernel_freq, orders_keys_that_share_their_first_bytes) {
  EXPECT_EQ(freq({}, "abcdefghij\nabcdefgh\nabcdefghi\nabcdefgh\0\n"sv),
            "1\tabcdefgh\n1\tabcdefgh\0\n1\tabcdefghi\n1\tabcdefghij\n"sv);
  EXPECT_EQ(freq({}, "a\0\na\n\n"sv), "1\t\n1\ta\n1\ta\0\n"sv);
}

TEST(kernel_freq, prints_the_top_only) {
  EXPECT_EQ(freq({"top=2"}, "a\nb\nb\nc\nc\nc\n"), "3\tc\n2\tb\n");
  EXPECT_EQ(freq({"top=9"}, "a\nb\nb\n"), "2\tb\n1\ta\n");
}

TEST(kernel_freq, takes_the_last_line_as_it_is) { EXPECT_EQ(freq({}, "a\nb\na"), "2\ta\n1\tb\n"); }

TEST(kernel_freq, counts_empty_lines_as_a_key) { EXPECT_EQ(freq({}, "\n\na\n"), "2\t\n1\ta\n"); }

TEST(kernel_freq, of_nothing_is_nothing) {
  EXPECT_EQ(run_on_blocks(*make_kernel("freq", {}), {}), (answer{"", 0}));
  EXPECT_EQ(freq({"words"}, " \n"), "");
}

TEST(kernel_freq, does_not_depend_on_where_blocks_end_or_on_their_order) {
  std::mt19937 random{fixed_seed};
  for (const std::string flag : {"words", "field=1", "top=20"}) {
    const auto kernel = make_kernel("freq", {{flag}, {}});
    for (int round = 0; round < 50; ++round) {
      const std::string text = random_text(random, random() % 5000, "abcd \n");
      auto blocks = cut(text, random);
      std::shuffle(blocks.begin(), blocks.end(), random);
      ASSERT_EQ(run_on_blocks(*kernel, blocks), run_whole(*kernel, text));
    }
  }
}

TEST(kernel_freq, counts_a_hundred_thousand_different_keys) {
  std::vector<std::string> blocks(10);
  for (int i = 0; i < 200'000; ++i) blocks[static_cast<std::size_t>(i) % 10] += std::to_string(i % 100'000) + '\n';
  const auto kernel = make_kernel("freq", {});
  const std::string text = run_on_blocks(*kernel, {blocks.begin(), blocks.end()}).text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 100'000);
  EXPECT_TRUE(text.starts_with("2\t0\n2\t1\n2\t10\n2\t100\n2\t1000\n2\t10000\n2\t10001\n"));
}

TEST(kernel_freq, keeps_keys_longer_than_a_page) {
  const std::string key(3'000'000, 'k');
  EXPECT_EQ(freq({}, "a\n" + key + "\na\n" + key + "\n" + key), "3\t" + key + "\n2\ta\n");
}

TEST(kernel_freq, explains_numbers_that_make_no_sense) {
  EXPECT_THAT(refusal({"field=0"}), HasSubstr("--field needs a whole number from 1 up, not '0'"));
  EXPECT_THAT(refusal({"top=x"}), HasSubstr("--top needs a whole number from 1 up, not 'x'"));
  EXPECT_THAT(refusal({"top=-1"}), HasSubstr("not '-1'"));
  EXPECT_THAT(refusal({"field=1", "words"}), HasSubstr("exclude each other"));
}

TEST(kernel_freq, refuses_a_damaged_block_result) {
  yoke::kernels::count_table table;
  table.add(1, "key", 300, [](std::string_view key) { return key; });
  yoke::detail::heap_sink whole;
  yoke::kernels::write_counts(table, whole);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    yoke::kernels::key_counts counts;
    EXPECT_THROW(counts.add(whole.bytes().first(size)), std::runtime_error) << size;
  }
}

}  // namespace
