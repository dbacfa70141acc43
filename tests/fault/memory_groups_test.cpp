#include <yoke/yoke.hpp>

#include "support/child_process.hpp"
#include "support/host.hpp"
#include "support/shared_page.hpp"
#include "sys/memory_group.hpp"
#include "sys/process.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace yoke_test;
namespace fs = std::filesystem;

namespace {

const yoke_test::shared_page seen;
enum : std::size_t { started, supervisor, guardian };

constexpr std::uint64_t megabyte = std::uint64_t{1} << 20;

/// Where the pool should have made its groups; none on systems that let nobody make any, and then there are none.
const std::optional<yoke::detail::group_home> home = yoke::detail::find_group_home();

std::string line_of_own_group() {
  std::ifstream groups{"/proc/self/cgroup"};
  for (std::string line; std::getline(groups, line);) {
    if (line.find("/yoke-") != std::string::npos) return line;
  }
  return {};
}

fs::path directory_of(const std::string& line) { return home->directory / line.substr(line.find("/yoke-") + 1); }

/// The groups that the workers of a pool are in: one path each, sorted.
std::vector<fs::path> groups_of(yoke::pool& pool) {
  std::vector<fs::path> all;
  for (const std::string& line : pool.map(numbers(200), [](int) {
         std::this_thread::sleep_for(1ms);
         return line_of_own_group();
       })) {
    if (!line.empty()) all.push_back(directory_of(line));
  }
  std::ranges::sort(all);
  all.erase(std::ranges::unique(all).begin(), all.end());
  return all;
}

/// The same once none of `before` is among them: those of the next team.
std::vector<fs::path> groups_after(yoke::pool& pool, const std::vector<fs::path>& before) {
  for (;;) {
    auto groups = groups_of(pool);
    const auto is_old = [&](const fs::path& each) { return std::ranges::find(before, each) != before.end(); };
    if (std::ranges::none_of(groups, is_old)) return groups;
  }
}

bool exist(const std::vector<fs::path>& groups) {
  return std::ranges::any_of(groups, [](const fs::path& each) { return fs::exists(each); });
}

yoke::pool_options limited(int workers) { return {.workers = workers, .memory_per_worker = 64 * megabyte}; }

void touch(std::uint64_t bytes) {
  char* const memory = static_cast<char*>(std::malloc(bytes));
  for (std::uint64_t at = 0; at < bytes; at += 4096) static_cast<volatile char*>(memory)[at] = 1;
}

/// Tells `seen` who watches over the worker that runs this, and stays.
int note_team(int) {
  const pid_t above = ::getppid();
  std::ifstream stat{"/proc/" + std::to_string(above) + "/stat"};
  pid_t pid = 0;
  std::string name;
  char state = 0;
  pid_t parent = 0;
  stat >> pid >> name >> state >> parent;
  seen[guardian] = static_cast<std::uint64_t>(parent);
  seen[supervisor] = static_cast<std::uint64_t>(above);
  return 0;
}

class memory_groups_of_process_workers : public testing::Test {
 protected:
  void SetUp() override { seen.clear(); }
};

}  // namespace

TEST_F(memory_groups_of_process_workers, are_made_for_a_limit_where_they_can_be_and_removed_with_the_pool) {
  std::vector<fs::path> groups;
  {
    yoke::pool pool{limited(2)};
    groups = groups_of(pool);
    EXPECT_EQ(groups.size(), home ? 2U : 0U);
    EXPECT_EQ(exist(groups), home.has_value());
  }
  EXPECT_FALSE(exist(groups));
  yoke::pool unlimited{{.workers = 2}};
  EXPECT_TRUE(groups_of(unlimited).empty());
}

TEST_F(memory_groups_of_process_workers, are_used_again_by_replacements) {
  yoke::pool pool{limited(2)};
  const auto before = groups_of(pool);
  for (int round = 0; round < 3; ++round) {
    EXPECT_THROW(pool.map(numbers(1), [](int) { return ::raise(SIGSEGV); }), yoke::worker_lost);
  }
  EXPECT_EQ(groups_of(pool), before);
}

TEST_F(memory_groups_of_process_workers, are_made_for_executed_and_call_time_processes_too) {
  std::vector<fs::path> groups;
  {
    yoke::pool pool{limited(1)};
    const std::vector<std::string> captured{"a container makes a call run on processes of its own"};
    const auto lines =
        pool.map(numbers(1), [captured](int) { return line_of_own_group() + std::string(captured.size() - 1, ' '); });
    EXPECT_EQ(lines.front().empty(), !home.has_value());
    if (home) groups = {directory_of(lines.front())};
  }
  EXPECT_FALSE(exist(groups));
}

TEST_F(memory_groups_of_process_workers, are_removed_when_the_coordinator_is_killed) {
  const auto note = [](int) {
    ++seen[started];
    return 0;
  };
  child_process host{[note]() -> int {
    yoke::pool pool{limited(2)};
    pool.map(numbers(1), note_team);
    pool.map(numbers(1), note);
    for (;;) ::pause();
  }};
  ASSERT_TRUE(within(20s, [] { return seen[started] == 1; }));
  const std::string mark = "yoke-" + std::to_string(seen[guardian].load()) + "-";
  const auto left = [&] {
    if (!home) return false;
    return std::ranges::any_of(fs::directory_iterator{home->directory},
                               [&](const auto& each) { return each.path().filename().native().starts_with(mark); });
  };
  EXPECT_EQ(left(), home.has_value());
  EXPECT_EQ(host.kill(), -SIGKILL);
  EXPECT_TRUE(within(5s, [&] { return !left(); }));
}

TEST_F(memory_groups_of_process_workers, are_removed_when_the_supervisor_is_killed_and_made_for_the_next) {
  std::vector<fs::path> before;
  {
    yoke::pool pool{limited(2)};
    before = groups_of(pool);
    pool.map(numbers(1), note_team);
    ASSERT_EQ(::kill(static_cast<pid_t>(seen[supervisor].load()), SIGKILL), 0);
    const auto after = groups_after(pool, before);
    EXPECT_EQ(after.size(), before.size());
    EXPECT_FALSE(exist(before));
    before.insert(before.end(), after.begin(), after.end());
  }
  EXPECT_FALSE(exist(before));
}

TEST_F(memory_groups_of_process_workers, are_removed_by_the_next_team_when_the_guardian_is_killed) {
  std::vector<fs::path> before;
  {
    yoke::pool pool{limited(2)};
    before = groups_of(pool);
    pool.map(numbers(1), note_team);
    const auto killed = yoke::detail::pidfd_open(static_cast<pid_t>(seen[guardian].load()));
    ASSERT_TRUE(yoke::detail::pidfd_send_signal(killed.get(), SIGKILL));
    EXPECT_EQ(groups_after(pool, before).size(), before.size());
    EXPECT_FALSE(exist(before));
  }
  EXPECT_TRUE(within(5s, [] { return branded_processes() == 0; }));
}

TEST_F(memory_groups_of_process_workers, that_a_live_process_is_named_after_stay) {
  yoke::pool first{limited(1)};
  EXPECT_EQ(groups_of(first).empty(), !home.has_value());
  if (!home) return;
  child_process other{[]() -> int {
    for (;;) ::pause();
  }};
  std::ifstream stat{"/proc/" + std::to_string(other.pid()) + "/stat"};
  std::string birth;
  for (int field = 0; field < 22; ++field) stat >> birth;
  const fs::path live = home->directory / ("yoke-" + std::to_string(other.pid()) + "-" + birth + "-0");
  const fs::path stale = home->directory / ("yoke-" + std::to_string(other.pid()) + "-1-0");
  const fs::path foreign = home->directory / ("yoke-other-" + std::to_string(other.pid()));
  for (const fs::path& each : {live, stale, foreign}) ASSERT_TRUE(fs::create_directory(each));
  yoke::pool pool{limited(1)};
  EXPECT_TRUE(fs::exists(live));
  EXPECT_FALSE(fs::exists(stale));
  EXPECT_TRUE(fs::exists(foreign));
  for (const fs::path& each : {live, foreign}) EXPECT_EQ(::rmdir(each.c_str()), 0);
}

TEST_F(memory_groups_of_process_workers, count_what_tasks_start) {
  yoke::pool pool{limited(2)};
  const auto feed_a_child = [](int n) {
    if (n != 1) return n;
    const pid_t child = ::fork();
    if (child == 0) {
      touch(200 * megabyte);
      for (;;) ::pause();
    }
    if (line_of_own_group().empty()) return ::kill(child, SIGKILL), ::waitpid(child, nullptr, 0), n;
    for (;;) ::pause();
  };
  try {
    pool.map(numbers(3), feed_a_child, {.chunk = 1});
    EXPECT_FALSE(home.has_value()) << "the child has taken three times what its worker may have";
  } catch (const yoke::worker_lost& lost) {
    EXPECT_EQ(lost.item(), 1U);
    EXPECT_TRUE(lost.end().out_of_memory);
  }
  EXPECT_TRUE(works(pool));
  EXPECT_TRUE(within(2s, [] { return branded_processes() <= 4; })) << "guardian, supervisor, two workers";
}

// AddressSanitizer reserves more address space than any limit on it allows, and keeps memory that was given back.
#ifndef __SANITIZE_ADDRESS__
TEST_F(memory_groups_of_process_workers, leave_addresses_without_a_limit) {
  yoke::pool pool{limited(1)};
  const auto reserve = [](int n) {
    const std::vector<char> room = std::vector<char>();
    char* const addresses = static_cast<char*>(std::malloc(std::size_t{2} << 30));
    const bool given = addresses != nullptr;
    std::free(addresses);
    return given ? n + 1 : 0;
  };
  EXPECT_EQ(pool.map(numbers(1), reserve).front(), home ? 1 : 0);
}

TEST_F(memory_groups_of_process_workers, are_replaced_by_a_limit_on_addresses_where_there_are_none) {
  child_process host{[] {
    const int flags = ::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
    if (::unshare(flags) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 3;
    if (::umount2("/sys", MNT_DETACH) != 0) return 4;
    yoke::pool pool{limited(1)};
    try {
      pool.map(numbers(1), [](int n) { return std::vector<char>(std::size_t{1} << 30, static_cast<char>(n)).back(); });
      return 1;
    } catch (const std::bad_alloc&) {
      return works(pool) ? 0 : 2;
    }
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST_F(memory_groups_of_process_workers, leave_results_alone_that_are_larger_than_the_limit) {
  yoke::pool pool{limited(1)};
  const auto text = [](int n) { return std::string(megabyte, static_cast<char>('a' + n % 26)); };
  const auto texts = pool.map(numbers(200), text, {.chunk = 200});
  ASSERT_EQ(texts.size(), 200U);
  EXPECT_EQ(texts[199], text(199));
}
#endif

/// host_in_group runs `body` in a child that is in a small memory group where one can be made; -1: it could not join.
template <class Body>
int host_in_group(Body body) {
  const std::string name = "yoke-test-" + std::to_string(::getpid());
  const auto group = home ? yoke::detail::memory_group::make(*home, name, 256 * megabyte) : std::nullopt;
  const int status = child_process{[&] { return group && !group->join() ? 50 : body(group.has_value()); }}.wait();
  if (group) {
    EXPECT_TRUE(within(5s, [&] { return group->remove(); }));
  }
  return status;
}

TEST_F(memory_groups_of_process_workers, in_a_group_of_the_host_an_oom_kill_is_a_crash_and_the_host_lives) {
  EXPECT_EQ(host_in_group([](bool in_group) {
              yoke::pool pool{{.workers = 2}};
              try {
                pool.map(numbers(10), [in_group](int n) {
                  if (n == 4 && in_group) touch(std::uint64_t{1} << 30);
                  return n;
                });
                return in_group ? 1 : 0;
              } catch (const yoke::worker_lost& lost) {
                if (lost.item() != 4 || !lost.end().out_of_memory || lost.signal() != SIGKILL) return 2;
              }
              return works(pool) ? 0 : 3;
            }),
            0);
}

TEST_F(memory_groups_of_process_workers, in_a_group_of_the_host_an_oom_kill_of_a_while_ago_blames_no_later_item) {
  EXPECT_EQ(host_in_group([](bool in_group) {
              yoke::pool pool{{.workers = 2}};
              if (!works(pool)) return 1;
              if (in_group) {
                child_process stranger{[] { return touch(std::uint64_t{1} << 30), 0; }};
                if (stranger.wait() != -SIGKILL) return 2;
              }
              const auto long_enough = std::chrono::steady_clock::now() + 3s;
              while (std::chrono::steady_clock::now() < long_enough) std::this_thread::sleep_for(10ms);
              const auto killed_once = [](int n) {
                if (n == 4 && seen[started].fetch_add(1) == 0) ::raise(SIGKILL);
                return n;
              };
              return pool.map(numbers(10), killed_once) == numbers(10) ? 0 : 3;
            }),
            0);
}
