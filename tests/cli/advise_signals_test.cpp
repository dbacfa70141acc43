#include "yoke_command.hpp"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
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
  kill(bench, SIGSTOP);  // so that it cannot come to its own end
  kill(advise.pid(), SIGKILL);
  EXPECT_EQ(advise.wait().status, 128 + SIGKILL);
  eventually([&] { return is_gone(bench); });
}

/// A command that tells its number and then takes forever.
struct endless_command {
  temporary_folder folder;

  [[nodiscard]] std::vector<std::string> advise(const std::string& first = "true") const {
    return {"advise", "--", "sh", "-c", first + "; echo $$ >told; mv told pid; sleep 300; exit 0"};
  }
  [[nodiscard]] pid_t pid(running_yoke& advise) const {
    eventually([&] { return std::filesystem::exists(folder.path() / "pid") || advise.ended(); });
    if (advise.ended()) throw std::runtime_error{"yoke advise ended: " + advise.wait().err};
    return std::stoi(contents(folder.path() / "pid"));
  }
};

class advise_command_signals : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::current_path(endless_.folder.path()); }
  void TearDown() override { std::filesystem::current_path(before_); }

  endless_command endless_;

 private:
  std::filesystem::path before_ = std::filesystem::current_path();
};

TEST_F(advise_command_signals, end_the_command_and_what_it_started) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    running_yoke advise{endless_.advise()};
    const pid_t command = endless_.pid(advise);
    kill(advise.pid(), signal);
    EXPECT_EQ(advise.wait().status, 128 + signal);
    EXPECT_TRUE(is_gone(command));
    std::filesystem::remove(endless_.folder.path() / "pid");
  }
}

TEST_F(advise_command_signals, end_a_command_that_ignores_them) {
  running_yoke advise{endless_.advise("trap '' INT")};
  const pid_t command = endless_.pid(advise);
  kill(advise.pid(), SIGINT);
  EXPECT_EQ(advise.wait().status, 128 + SIGINT);
  EXPECT_TRUE(is_gone(command));
}

TEST_F(advise_command_signals, a_killed_advise_takes_the_command_with_it) {
  running_yoke advise{{"advise", "--", "sh", "-c", "echo $$ >told; mv told pid; exec sleep 300"}};
  const pid_t command = endless_.pid(advise);
  kill(advise.pid(), SIGKILL);
  EXPECT_EQ(advise.wait().status, 128 + SIGKILL);
  eventually([&] { return is_gone(command); });
}

TEST_F(advise_command_signals, a_killed_advise_takes_what_the_command_started_with_it) {
  running_yoke advise{{"advise", "--", "sh", "-c", "sleep 300 & echo $! >told; mv told pid; wait; exit 0"}};
  const pid_t of_command = endless_.pid(advise);
  kill(advise.pid(), SIGKILL);
  EXPECT_EQ(advise.wait().status, 128 + SIGKILL);
  eventually([&] { return is_gone(of_command); });
}

TEST(advise, ends_what_a_command_leaves_running_and_says_so) {
  const auto ended = yoke({"advise", "-j", "2", "--", "sh", "-c", "sleep 300 & setsid sleep 300 & sleep 0.03"});
  EXPECT_THAT(ended.out, HasSubstr("18 processes that it had left running were ended"));
}

}  // namespace
