#include "bench/runner/forked_runner.hpp"

#include <csignal>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using namespace yoke::bench;
using testing::HasSubstr;

/// A repetition in a child process whose serial run is `what`.
outcome child_process_that(const std::function<timed(amount)>& what, run_terms terms = {}) {
  const std::atomic<bool> never{false};
  workload load;
  load.serial = what;
  return forked_runner{never}.run({.load = &load, .much = {problem_size::small, 1}}, terms);
}

TEST(forked_runner_process, brings_figures_home) {
  const outcome made = child_process_that([](amount) {
    timed run;
    run.took = std::chrono::milliseconds{250};
    run.hash = 0xabc;
    run.note = "seen";
    return run;
  });
  EXPECT_EQ(made.figures.error, "");
  EXPECT_EQ(made.figures.wall, 0.25);
  EXPECT_EQ(made.figures.hash, "0000000000000abc");
  EXPECT_EQ(made.note, "seen");
  EXPECT_GT(made.figures.pss, 0);
  EXPECT_GT(made.figures.peak_memory, 0);
}

TEST(forked_runner_process, names_the_signal_of_a_crash) {
  const outcome made = child_process_that([](amount) -> timed {
    std::signal(SIGSEGV, SIG_DFL);
    std::raise(SIGSEGV);
    return {};
  });
  EXPECT_THAT(made.figures.error, HasSubstr("SIGSEGV"));
}

TEST(forked_runner_process, names_the_status_of_an_exit) {
  const outcome made = child_process_that([](amount) -> timed { ::_exit(7); });
  EXPECT_THAT(made.figures.error, HasSubstr("exit status 7"));
}

TEST(forked_runner_process, takes_an_exit_for_no_result_whatever_its_status) {
  const outcome made = child_process_that([](amount) -> timed { ::_exit(0); });
  EXPECT_EQ(made.figures.error, "ended with exit status 0 before it had a result");
}

TEST(forked_runner_process, passes_on_what_was_thrown) {
  const outcome made = child_process_that([](amount) -> timed { throw std::runtime_error{"no such thing"}; });
  EXPECT_EQ(made.figures.error, "no such thing");
}

TEST(forked_runner_process, ends_a_child_that_hangs) {
  const outcome made = child_process_that(
      [](amount) -> timed {
        for (;;) ::pause();
      },
      {.patience = std::chrono::milliseconds{100}});
  EXPECT_THAT(made.figures.error, HasSubstr("hung"));
}

TEST(forked_runner_process, ends_its_child_when_the_run_is_to_end) {
  const std::atomic<bool> interrupted{true};
  workload load;
  load.serial = [](amount) -> timed {
    for (;;) ::pause();
  };
  const outcome made = forked_runner{interrupted}.run({.load = &load, .much = {}}, {});
  EXPECT_TRUE(made.interrupted);
}

TEST(forked_runner_process, keeps_what_a_workload_prints_out_of_the_data) {
  testing::internal::CaptureStdout();
  const outcome made = child_process_that([](amount) -> timed {
    return {.hash = ::write(STDOUT_FILENO, "", 0) == 0 && ::isatty(STDOUT_FILENO) == ::isatty(STDERR_FILENO) ? 1U : 0U};
  });
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(made.figures.hash, "0000000000000001");
}

}  // namespace
