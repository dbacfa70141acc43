#include "bench/cut_text.hpp"

#include <gtest/gtest.h>

namespace {

using yoke::cli::cut_text;

TEST(cut_text, leaves_what_has_room) {
  EXPECT_EQ(cut_text("größe", 5), "größe");
  EXPECT_EQ(cut_text("", 5), "");
}

TEST(cut_text, cuts_between_characters) {
  EXPECT_EQ(cut_text("größen", 5), "gr...");
  EXPECT_EQ(cut_text("größenordnung", 6), "grö...");
}

}  // namespace
