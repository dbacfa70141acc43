#include <yoke/yoke.hpp>

#include "support/shared_page.hpp"

#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace {

const yoke_test::shared_page deaths;

class environment_of_process_workers : public testing::TestWithParam<yoke::start> {
 protected:
  /// value_in_worker is what a worker has in the variable, "(none)" where it is not set.
  static std::string value_in_worker(yoke::pool& pool, const std::string& name) {
    return pool
        .map(std::vector{name},
             [](const std::string& wanted) {
               const char* const value = std::getenv(wanted.c_str());
               return std::string{value != nullptr ? value : "(none)"};
             })
        .front();
  }
};

INSTANTIATE_TEST_SUITE_P(starts, environment_of_process_workers, testing::Values(yoke::start::fork, yoke::start::exec),
                         [](const auto& each) { return each.param == yoke::start::exec ? "exec" : "fork"; });

}  // namespace

TEST_P(environment_of_process_workers, has_the_variables_that_the_pool_was_given) {
  yoke::pool pool{{.workers = 1,
                   .start = GetParam(),
                   .environment = {{"HOME", "/elsewhere"}, {"YOKE_TEST_NEW", "a=b c"}, {"YOKE_TEST_EMPTY", ""}}}};
  EXPECT_EQ(value_in_worker(pool, "HOME"), "/elsewhere");
  EXPECT_EQ(value_in_worker(pool, "YOKE_TEST_NEW"), "a=b c");
  EXPECT_EQ(value_in_worker(pool, "YOKE_TEST_EMPTY"), "");
  EXPECT_EQ(value_in_worker(pool, "PATH"), std::getenv("PATH"));
  EXPECT_STRNE(std::getenv("HOME"), "/elsewhere");
}

TEST_P(environment_of_process_workers, allows_one_thread_each_unless_told_otherwise) {
  yoke::pool pool{{.workers = 1, .start = GetParam()}};
  EXPECT_EQ(value_in_worker(pool, "OPENBLAS_NUM_THREADS"), "1");
  yoke::pool two{
      {.workers = 1, .start = GetParam(), .environment = {{"OMP_NUM_THREADS", "3"}}, .threads_per_worker = 2}};
  EXPECT_EQ(value_in_worker(two, "OPENBLAS_NUM_THREADS"), "2");
  EXPECT_EQ(value_in_worker(two, "OMP_NUM_THREADS"), "3");
  yoke::pool any{{.workers = 1, .start = GetParam(), .threads_per_worker = 0}};
  EXPECT_EQ(value_in_worker(any, "BLIS_NUM_THREADS"), "(none)");
}

TEST_P(environment_of_process_workers, is_the_same_after_a_worker_and_the_supervisor_are_replaced) {
  yoke::pool pool{{.workers = 1, .start = GetParam(), .environment = {{"YOKE_TEST_NEW", "kept"}}}};
  deaths.clear();
  for (const bool supervisor_too : {false, true}) {
    pool.map(std::vector{supervisor_too}, [](bool wider) {
      if (deaths[wider ? 1 : 0]++ == 0) ::kill(wider ? ::getppid() : ::getpid(), SIGKILL);
      return 0;
    });
  }
  EXPECT_EQ(value_in_worker(pool, "YOKE_TEST_NEW"), "kept");
}

TEST(environment_of_process_workers, is_that_of_a_team_forked_for_a_call_too) {
  yoke::pool pool{{.workers = 1, .environment = {{"YOKE_TEST_NEW", "team"}}}};
  const auto values = pool.map(
      std::vector{0}, [](int) { return std::string{std::getenv("YOKE_TEST_NEW")}; }, yoke::fresh);
  EXPECT_EQ(values.front(), "team");
}

TEST(environment_of_process_workers, refuses_what_is_no_variable) {
  EXPECT_THROW((yoke::pool{{.environment = {{"", "x"}}}}), std::invalid_argument);
  EXPECT_THROW((yoke::pool{{.environment = {{"A=B", "x"}}}}), std::invalid_argument);
  EXPECT_THROW((yoke::pool{{.environment = {{"A", std::string{"x\0y", 3}}}}}), std::invalid_argument);
  EXPECT_THROW((yoke::pool{{.threads_per_worker = -1}}), std::invalid_argument);
  EXPECT_THROW((yoke::pool{{.backend = yoke::backend::threads, .environment = {{"A", "B"}}}}), std::invalid_argument);
  EXPECT_THROW((yoke::pool{{.backend = yoke::backend::serial, .threads_per_worker = 2}}), std::invalid_argument);
}
