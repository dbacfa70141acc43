#include "yoke_command.hpp"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke_test;
using testing::HasSubstr;

std::string words_of(pid_t pid) { return contents(fmt::format("/proc/{}/cmdline", pid)); }

/// bench_of is the process with which yoke advise measures, once it is one.
pid_t bench_of(const running_yoke& advise) {
  for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr != name.data() + name.size()) continue;
    const std::string status = contents(entry.path() / "status");
    if (status.find(fmt::format("\nPPid:\t{}\n", advise.pid())) == status.npos) continue;
    if (words_of(pid).find("--quick") != std::string::npos) return pid;
  }
  return 0;
}

pid_t bench_started_by(const running_yoke& advise) {
  pid_t found = 0;
  eventually([&] { return (found = bench_of(advise)) != 0; });
  return found;
}

bool is_gone(pid_t pid) {
  const std::string status = contents(fmt::format("/proc/{}/status", pid));
  return status.empty() || status.find("\nState:\tZ") != status.npos;
}

TEST(advise_signals, a_signal_ends_the_bench_too) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    running_yoke advise{{"advise", "primes"}};
    const pid_t bench = bench_started_by(advise);
    kill(advise.pid(), signal);
    const auto ended = advise.wait();
    EXPECT_EQ(ended.status, 128 + signal) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("yoke advise: interrupted"));
    EXPECT_TRUE(is_gone(bench));
  }
}

TEST(advise_signals, a_killed_advise_takes_the_bench_with_it) {
  running_yoke advise{{"advise", "primes"}};
  const pid_t bench = bench_started_by(advise);
  kill(advise.pid(), SIGKILL);
  EXPECT_EQ(advise.wait().status, 128 + SIGKILL);
  eventually([&] { return is_gone(bench); });
}

}  // namespace
