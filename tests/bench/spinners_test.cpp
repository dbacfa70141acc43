#include "bench/support/spinners.hpp"

#include <csignal>
#include <stdexcept>

#include <gtest/gtest.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace yoke::bench;

/// Signals come all the time, and a handler without SA_RESTART makes system calls end at each.
class signal_of_spinners : public testing::Test {
 public:
  void SetUp() override {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    ASSERT_EQ(::sigaction(SIGALRM, &action, &before_), 0);
    const itimerval often{{0, 2000}, {0, 2000}};
    ASSERT_EQ(::setitimer(ITIMER_REAL, &often, nullptr), 0);
  }

  void TearDown() override {
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &before_, nullptr);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a spinner is left";
  }

 private:
  struct sigaction before_ {};
};

void wait_for_ever() {
  for (;;) ::pause();
}

TEST_F(signal_of_spinners, disturbs_no_measurement) {
  const auto seconds = seconds_per_work(2, [] { ::usleep(20'000); });
  EXPECT_GE(seconds, 0.01);
}

TEST_F(signal_of_spinners, ends_them_where_the_run_is_to_end) {
  int asked = 0;
  EXPECT_FALSE(seconds_per_work(3, wait_for_ever, [&] { return ++asked < 3; }));
}

TEST_F(signal_of_spinners, leaves_none_where_one_fails) {
  EXPECT_THROW(seconds_per_work(3, [] { ::_exit(1); }), std::runtime_error);
}

}  // namespace
