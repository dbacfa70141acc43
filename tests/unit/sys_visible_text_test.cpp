#include "sys/visible_text.hpp"

#include <string>

#include <gtest/gtest.h>

using yoke::detail::visible_text;

TEST(visible_text_test, leaves_what_is_meant_to_be_read) {
  const std::string text = "plain ~ caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x82\ttab";
  EXPECT_EQ(visible_text(text), text);
}

TEST(visible_text_test, writes_control_characters_as_numbers) {
  EXPECT_EQ(visible_text("\x1b[31m\a\r\n\x7f"), "\\x1b[31m\\x07\\x0d\\x0a\\x7f");
  EXPECT_EQ(visible_text(std::string{"a\0b", 3}), "a\\x00b");
}

TEST(visible_text_test, writes_the_control_characters_of_two_bytes_as_numbers) {
  EXPECT_EQ(visible_text("\xc2\x9b"
                         "31m"),
            "\\xc2\\x9b31m");
  EXPECT_EQ(visible_text("\xc2\xa0"), "\xc2\xa0");
}

TEST(visible_text_test, writes_what_is_no_character_as_numbers) {
  EXPECT_EQ(visible_text("\x9b"), "\\x9b");
  EXPECT_EQ(visible_text("\xc3"), "\\xc3");
  EXPECT_EQ(visible_text("\xc3("), "\\xc3(");
  EXPECT_EQ(visible_text("\xe0\x82\x9b"), "\\xe0\\x82\\x9b") << "longer than it has to be";
  EXPECT_EQ(visible_text("\xff\xf5\xc1\x80"), "\\xff\\xf5\\xc1\\x80");
}
