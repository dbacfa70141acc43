#include "support/temporary_folder.hpp"
#include "sys/memory_pressure.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace yoke::detail {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// A made-up root of a file system.
struct memory_pressure : testing::Test {
  yoke_test::temporary_folder folder;
  fs::path root = folder.path();

  void file(const std::string& path, const std::string& text) const {
    const fs::path full = root / path;
    fs::create_directories(full.parent_path());
    std::ofstream(full) << text;
  }

  void version_one(const std::string& group) const {
    file("proc/self/cgroup", "4:memory:" + group + "\n2:cpu,cpuacct:/other\n0::/\n");
    file("proc/self/mountinfo",
         "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
         "35 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  }

  void version_two(const std::string& group) const {
    file("proc/self/cgroup", "0::" + group + "\n");
    file("proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
  }

  void kills_on_machine(int count) const {
    file("proc/vmstat", "nr_free_pages 5\noom_kill " + std::to_string(count) + "\nnr_unstable 0\n");
  }
};

TEST_F(memory_pressure, oom_kill_of_the_machine_is_seen_for_a_moment) {
  kills_on_machine(3);
  oom_kills kills{0s, root};
  EXPECT_FALSE(kills.rose());
  kills_on_machine(4);
  EXPECT_TRUE(kills.rose());
  kills.look(kills.next_look());
  EXPECT_TRUE(kills.rose()) << "its victim may take a moment to die";
  kills.look(kills.next_look());
  EXPECT_FALSE(kills.rose()) << "whoever is killed now is killed by somebody else";
  kills_on_machine(5);
  EXPECT_TRUE(kills.rose());
}

TEST_F(memory_pressure, oom_kill_of_long_ago_says_nothing_about_a_death_of_now) {
  kills_on_machine(0);
  oom_kills kills{0s, root};
  kills_on_machine(7);
  for (auto now = 0s; now < 4s; ++now) kills.look(now);
  EXPECT_FALSE(kills.rose());
}

TEST_F(memory_pressure, oom_kill_is_not_forgotten_by_looking_too_often) {
  kills_on_machine(0);
  oom_kills kills{0s, root};
  kills_on_machine(1);
  for (auto now = 0ms; now < 1900ms; ++now) kills.look(now);
  EXPECT_TRUE(kills.rose());
}

TEST_F(memory_pressure, oom_kill_elsewhere_on_the_machine_is_no_news_of_a_group_that_counts_its_own) {
  version_two("/service");
  file("sys/fs/cgroup/service/memory.events", "oom 0\noom_kill 0\n");
  kills_on_machine(0);
  oom_kills kills{0s, root};
  kills_on_machine(1);
  EXPECT_FALSE(kills.rose());
  file("sys/fs/cgroup/service/memory.events", "oom 1\noom_kill 1\n");
  EXPECT_TRUE(kills.rose());
}

TEST_F(memory_pressure, oom_kill_in_a_group_of_version_one_is_seen) {
  version_one("/job");
  const auto kills_in_group = [&](int count) {
    file("sys/fs/cgroup/memory/job/memory.oom_control",
         "oom_kill_disable 1\nunder_oom 7\noom_kill " + std::to_string(count) + "\n");
  };
  kills_in_group(0);
  oom_kills kills{0s, root};
  EXPECT_FALSE(kills.rose());
  kills_in_group(2);
  EXPECT_TRUE(kills.rose());
}

TEST_F(memory_pressure, oom_kill_in_a_group_of_version_two_is_seen) {
  version_two("/service/inner");
  const auto kills_in_group = [&](int count) {
    file("sys/fs/cgroup/service/inner/memory.events",
         "low 0\nhigh 0\nmax 31\noom 9\noom_kill " + std::to_string(count) + "\noom_group_kill 0\n");
  };
  kills_in_group(1);
  oom_kills kills{0s, root};
  EXPECT_FALSE(kills.rose());
  kills_in_group(2);
  EXPECT_TRUE(kills.rose());
}

TEST_F(memory_pressure, oom_kill_is_never_seen_in_files_that_are_not_there_or_damaged) {
  oom_kills nothing{0s, root};
  EXPECT_FALSE(nothing.rose());
  file("proc/vmstat", "oom_kill");
  oom_kills damaged{0s, root};
  file("proc/vmstat", "oom_kill x\n\noom_kill 99999999999999999999999\noom_killer 5\n");
  EXPECT_FALSE(damaged.rose());
}

TEST_F(memory_pressure, allowed_is_what_the_machine_has) {
  EXPECT_EQ(memory_allowed(root), std::numeric_limits<std::uint64_t>::max());
  file("proc/meminfo", "MemTotal:       16384 kB\nMemFree: 5 kB\n");
  EXPECT_EQ(memory_allowed(root), 16384U * 1024);
}

TEST_F(memory_pressure, allowed_is_the_tightest_limit_of_all_groups_above) {
  file("proc/meminfo", "MemTotal:       16384 kB\n");
  version_two("/service/inner");
  file("sys/fs/cgroup/service/memory.max", "5000000\n");
  file("sys/fs/cgroup/service/inner/memory.max", "max\n");
  EXPECT_EQ(memory_allowed(root), 5000000U);
  version_one("/job");
  file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  file("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "4000000\n");
  EXPECT_EQ(memory_allowed(root), 4000000U);
}

TEST_F(memory_pressure, available_memory_is_what_the_machine_can_free_or_less_where_a_group_has_less) {
  EXPECT_EQ(memory_available(root), std::numeric_limits<std::uint64_t>::max());
  file("proc/meminfo", "MemTotal: 9000 kB\nMemAvailable: 1000 kB\nSwapFree: 24 kB\n");
  EXPECT_EQ(memory_available(root), 1024U * 1024);
  version_two("/service");
  file("sys/fs/cgroup/service/memory.max", "500000\n");
  file("sys/fs/cgroup/service/memory.current", "450000\n");
  file("sys/fs/cgroup/service/memory.stat", "anon 50000\nfile 400000\ninactive_file 30000\nactive_file 20000\n");
  EXPECT_EQ(memory_available(root), 100'000U) << "pages of files can be freed";
}

}  // namespace
}  // namespace yoke::detail
