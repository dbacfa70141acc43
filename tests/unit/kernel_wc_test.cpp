#include "kernel_support.hpp"
#include "support/program.hpp"
#include "workers/kernels/text_counts.hpp"

#include <random>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace {

using yoke::kernels::count_text;
using yoke::kernels::text_counts;
using namespace yoke_test;

text_counts real_wc(const std::string& text) {
  const auto ended = program{{"wc"}}.environment("LC_ALL", "C").input(text).run();
  std::istringstream numbers{ended.out};
  text_counts counts;
  numbers >> counts.lines >> counts.words >> counts.bytes;
  return counts;
}

TEST(kernel_wc, counts_each_single_byte_as_wc_does) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    EXPECT_EQ(count_text(text), real_wc(text)) << "byte " << byte;
  }
}

TEST(kernel_wc, counts_each_byte_between_letters_as_wc_does) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text{'a', static_cast<char>(byte), 'b', ' ', static_cast<char>(byte), '\n'};
    all += text;
    EXPECT_EQ(count_text(text), real_wc(text)) << "byte " << byte;
  }
  EXPECT_EQ(count_text(all), real_wc(all));
}

TEST(kernel_wc, counts_random_bytes_as_wc_does) {
  std::mt19937 random{fixed_seed};
  for (int round = 0; round < 100; ++round) {
    const std::string text = random_bytes(random, random() % 2000);
    ASSERT_EQ(count_text(text), real_wc(text)) << "round " << round;
  }
}

TEST(kernel_wc, counts_texts_with_many_neutral_bytes_as_wc_does) {
  std::mt19937 random{fixed_seed};
  for (int round = 0; round < 100; ++round) {
    using namespace std::string_view_literals;
    const std::string text = random_text(random, random() % 700, "\0\x01\x7f\x80\xc3\xff\0\0\0 a\n"sv);
    ASSERT_EQ(count_text(text), real_wc(text)) << "round " << round;
  }
}

TEST(kernel_wc, all_instruction_sets_agree) {
  std::mt19937 random{fixed_seed};
  for (int round = 0; round < 2000; ++round) {
    const std::string text = random_bytes(random, random() % 300);
    const auto expected = yoke::kernels::detail::count_text_portable(text);
    ASSERT_EQ(yoke::kernels::detail::count_text_fast(text), expected);
    ASSERT_EQ(count_text(text), expected);
  }
}

TEST(kernel_wc, carries_a_word_across_64_bytes) {
  for (std::size_t size = 1; size < 200; ++size) {
    EXPECT_EQ(count_text(std::string(size, 'x')), (text_counts{0, 1, size}));
    EXPECT_EQ(count_text('x' + std::string(size, '\0') + 'x'), (text_counts{0, 1, size + 2}));
  }
}

TEST(kernel_wc, prints_lines_words_and_bytes) {
  const auto wc = make_kernel("wc", {});
  EXPECT_EQ(run_whole(*wc, "one two\nthree"), (answer{"1 3 13\n", 0}));
}

TEST(kernel_wc, of_nothing_is_zeros) {
  const auto wc = make_kernel("wc", {});
  EXPECT_EQ(run_on_blocks(*wc, {}), (answer{"0 0 0\n", 0}));
}

TEST(kernel_wc, takes_the_end_of_a_file_for_the_end_of_a_word) {
  const auto wc = make_kernel("wc", {});
  EXPECT_EQ(run_on_blocks(*wc, {"one", "two"}), (answer{"0 2 6\n", 0}));
}

TEST(kernel_wc, does_not_depend_on_where_blocks_end) {
  const auto wc = make_kernel("wc", {});
  std::mt19937 random{fixed_seed};
  for (int round = 0; round < 200; ++round) {
    const std::string text = random_text(random, random() % 3000, "ab \n\t\x01");
    ASSERT_EQ(run_on_blocks(*wc, cut(text, random)), run_whole(*wc, text));
  }
}

}  // namespace
