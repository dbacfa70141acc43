#include "bench/advise/foreign_load.hpp"

#include "support/temporary_folder.hpp"

#include <cmath>

#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using namespace yoke::bench;
using yoke_test::temporary_folder;

double ticks() { return static_cast<double>(::sysconf(_SC_CLK_TCK)); }

TEST(foreign_load, counts_what_the_hypervisor_withheld) {
  const temporary_folder folder;
  EXPECT_DOUBLE_EQ(taken_seconds(folder.file("stat", "cpu  100 20 30 5000 7 8 9 400 3 0\n")) * ticks(), 550);
  EXPECT_DOUBLE_EQ(taken_seconds(folder.file("old", "cpu  100 20 30 5000\n")) * ticks(), 150);
}

TEST(foreign_load, is_unknown_where_nothing_can_be_read) {
  EXPECT_TRUE(std::isnan(taken_seconds("/no/such/file")));
  EXPECT_TRUE(std::isnan(foreign_share(taken_seconds("/no/such/file"), 1, 4)));
}

TEST(foreign_load, is_what_was_taken_and_not_by_us) {
  EXPECT_DOUBLE_EQ(foreign_share(3, 1, 4), 0.5);
  EXPECT_DOUBLE_EQ(foreign_share(1, 3, 4), 0);
}

}  // namespace
