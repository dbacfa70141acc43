#include "bench/programs/shell_words.hpp"

#include <gtest/gtest.h>

namespace {

using namespace yoke::bench;

TEST(shell_words, are_quoted_where_a_shell_needs_it) {
  EXPECT_EQ(shell_words({"./a.out", "--size=3", "x:y,z@1%"}), "./a.out --size=3 x:y,z@1%");
  EXPECT_EQ(shell_words({"sh", "-c", "sleep 0.05; exit 3"}), "sh -c 'sleep 0.05; exit 3'");
  EXPECT_EQ(shell_words({"echo", "", "~", "*", "#", "it's"}), R"(echo '' '~' '*' '#' 'it'\''s')");
}

}  // namespace
