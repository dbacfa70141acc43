#include "bench/programs/left_overs.hpp"

#include "support/child_process.hpp"

#include <csignal>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace yoke::bench;
using yoke_test::child_process;

int wait_for_ever() {
  for (;;) ::pause();
}

/// Starts processes that end at once, for ever.
int churn() {
  for (;;) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    ::waitpid(child, nullptr, 0);
  }
}

TEST(left_overs, ends_processes_that_came_later_and_spares_those_that_were_there) {
  child_process earlier{wait_for_ever};
  left_overs left;
  EXPECT_EQ(left.end(), 0U);
  child_process parent{[] {
    for (int i = 0; i < 3; ++i)
      if (::fork() == 0) return wait_for_ever();
    return 0;
  }};
  EXPECT_EQ(parent.wait(), 0);
  EXPECT_EQ(left.end(), 3U);
  EXPECT_EQ(::kill(earlier.pid(), 0), 0);
}

TEST(left_overs, does_not_mind_processes_that_vanish_while_it_looks) {
  const child_process one{churn};
  const child_process another{churn};
  left_overs left;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(left.end(), 0U);
}

}  // namespace
