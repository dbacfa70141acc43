#include "support/watchdog.hpp"

#include "support/process_marker.hpp"

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <execinfo.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace yoke_test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr unsigned slowness = 4;
#else
constexpr unsigned slowness = 1;
#endif

char running_test[256];
unsigned running_limit;

void say(const char* text) {
  if (write(STDERR_FILENO, text, std::strlen(text)) < 0) _exit(3);
}

void on_alarm(int) {
  char line[384];
  std::snprintf(line, sizeof line, "\nwatchdog: %s has run for more than %u s. It stands at:\n", running_test,
                running_limit);
  say(line);
  void* frames[64];
  backtrace_symbols_fd(frames, backtrace(frames, 64), STDERR_FILENO);
  static process_list left;
  find_branded(left);
  for (std::size_t i = 0; i < left.size; ++i) {
    std::snprintf(line, sizeof line, "watchdog: kills its process %d\n", left.pids[i]);
    say(line);
    kill(left.pids[i], SIGKILL);
  }
  std::signal(SIGABRT, SIG_DFL);
  std::abort();
}

}  // namespace

watchdog::watchdog(std::chrono::seconds limit) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  std::snprintf(running_test, sizeof running_test, "%s.%s", test ? test->test_suite_name() : "no",
                test ? test->name() : "test");
  void* frames[1];
  backtrace(frames, 1);  // loads libgcc now: the handler must not allocate
  struct sigaction action {};
  action.sa_handler = on_alarm;
  if (sigaction(SIGALRM, &action, nullptr) != 0) std::perror("watchdog: sigaction");
  running_limit = static_cast<unsigned>(limit.count()) * slowness;
  outer_ = alarm(running_limit);
}

watchdog::~watchdog() { alarm(outer_); }

}  // namespace yoke_test
