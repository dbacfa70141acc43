#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"
#include "sys/memory_group.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

namespace fs = std::filesystem;
using version = cgroup_place::version;

constexpr uid_t somebody = 1234;

/// A made-up root of a file system.
struct memory_group_test : testing::Test {
  yoke_test::temporary_folder folder;
  fs::path root = folder.path();
  const uid_t user = ::geteuid() == 0 ? somebody : ::geteuid();

  void file(const std::string& path, const std::string& text) const {
    const fs::path full = root / path;
    fs::create_directories(full.parent_path());
    std::ofstream(full) << text;
  }

  [[nodiscard]] std::string text(const std::string& path) const { return read_text_file(root / path); }

  void version_one() const {
    file("proc/self/cgroup", "4:memory:/job\n0::/\n");
    file("proc/self/mountinfo", "35 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
    file("sys/fs/cgroup/memory/job/cgroup.procs", "");
  }

  /// A leaf in a group that hands memory on, which belongs to `user`.
  void version_two() const {
    file("proc/self/cgroup", "0::/slice/leaf\n");
    file("proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    file("sys/fs/cgroup/cgroup.subtree_control", "cpu memory\n");
    file("sys/fs/cgroup/slice/cgroup.subtree_control", "cpu memory pids\n");
    file("sys/fs/cgroup/slice/cgroup.procs", "");
    file("sys/fs/cgroup/slice/leaf/cgroup.subtree_control", "\n");
    file("sys/fs/cgroup/slice/leaf/cgroup.procs", "7\n");
    file("sys/fs/cgroup/slice/leaf/memory.max", "max\n");
    file("sys/fs/cgroup/slice/leaf/cpu.max", "max 100000\n");
    if (::geteuid() == 0) {
      EXPECT_EQ(::chown((root / "sys/fs/cgroup/slice").c_str(), user, static_cast<gid_t>(-1)), 0);
    }
  }
};

TEST_F(memory_group_test, home_is_the_own_group_under_version_one) {
  version_one();
  const auto home = find_group_home(root);
  ASSERT_TRUE(home.has_value());
  EXPECT_EQ(home->which, version::one);
  EXPECT_EQ(home->directory, root / "sys/fs/cgroup/memory/job");
}

TEST_F(memory_group_test, home_is_the_delegated_group_above_under_version_two) {
  version_two();
  const auto home = find_group_home(root, user);
  ASSERT_TRUE(home.has_value());
  EXPECT_EQ(home->which, version::two);
  EXPECT_EQ(home->directory, root / "sys/fs/cgroup/slice");
}

TEST_F(memory_group_test, home_is_nowhere_in_a_group_that_belongs_to_somebody_else) {
  version_two();
  EXPECT_FALSE(find_group_home(root, user + 1).has_value());
  EXPECT_FALSE(find_group_home(root, 0).has_value()) << "root may write everywhere; the groups are its manager's";
}

TEST_F(memory_group_test, home_is_nowhere_above_a_group_with_a_limit_of_its_own) {
  version_two();
  file("sys/fs/cgroup/slice/leaf/memory.max", "1000000\n");
  EXPECT_FALSE(find_group_home(root, user).has_value());
  file("sys/fs/cgroup/slice/leaf/memory.max", "max\n");
  file("sys/fs/cgroup/slice/leaf/cpu.max", "50000 100000\n");
  EXPECT_FALSE(find_group_home(root, user).has_value());
}

TEST_F(memory_group_test, home_is_nowhere_when_memory_is_not_handed_on) {
  version_two();
  file("sys/fs/cgroup/slice/cgroup.subtree_control", "cpu memory_x\n");
  EXPECT_FALSE(find_group_home(root, user).has_value());
}

TEST_F(memory_group_test, home_is_nowhere_without_control_groups) {
  EXPECT_FALSE(find_group_home(root).has_value());
  file("proc/self/cgroup", "0::/slice/leaf\nnonsense\n4:memory:/job\n");
  EXPECT_FALSE(find_group_home(root).has_value());
}

TEST_F(memory_group_test, has_its_limit_in_the_files_of_version_two) {
  version_two();
  const auto group = memory_group::make(*find_group_home(root, user), "yoke-1", 5000);
  ASSERT_TRUE(group.has_value());
  EXPECT_EQ(text("sys/fs/cgroup/slice/yoke-1/memory.max"), "5000");
  EXPECT_EQ(text("sys/fs/cgroup/slice/yoke-1/memory.swap.max"), "0");
  EXPECT_EQ(text("sys/fs/cgroup/slice/yoke-1/memory.oom.group"), "1");
  EXPECT_TRUE(group->join());
  EXPECT_EQ(text("sys/fs/cgroup/slice/yoke-1/cgroup.procs"), "0");
}

TEST_F(memory_group_test, has_its_limit_in_the_files_of_version_one) {
  version_one();
  const auto group = memory_group::make(*find_group_home(root), "yoke-1", 5000);
  ASSERT_TRUE(group.has_value());
  EXPECT_EQ(text("sys/fs/cgroup/memory/job/yoke-1/memory.limit_in_bytes"), "5000");
  EXPECT_EQ(text("sys/fs/cgroup/memory/job/yoke-1/memory.memsw.limit_in_bytes"), "5000");
  EXPECT_TRUE(group->join());
  EXPECT_EQ(text("sys/fs/cgroup/memory/job/yoke-1/tasks"), "0");
}

TEST_F(memory_group_test, is_not_made_twice_or_where_nothing_can_be_made) {
  version_one();
  const auto home = find_group_home(root);
  EXPECT_TRUE(memory_group::make(*home, "yoke-1", 5000).has_value());
  EXPECT_FALSE(memory_group::make(*home, "yoke-1", 5000).has_value());
  EXPECT_FALSE(memory_group::make({version::one, root / "absent"}, "yoke-1", 5000).has_value());
}

TEST_F(memory_group_test, kills_all_at_once_where_the_kernel_can) {
  const memory_group group{version::two, root};
  yoke_test::child_process member{[]() -> int {
    for (;;) ::pause();
  }};
  file("cgroup.kill", "");
  file("cgroup.procs", std::to_string(member.pid()) + "\n");
  group.kill();
  EXPECT_EQ(text("cgroup.kill"), "1");
  EXPECT_EQ(::kill(member.pid(), 0), 0) << "nobody else has killed it";
}

TEST_F(memory_group_test, kills_one_by_one_elsewhere_and_never_itself) {
  const memory_group group{version::one, root};
  yoke_test::child_process member{[]() -> int {
    for (;;) ::pause();
  }};
  file("cgroup.procs", "0\n1\n" + std::to_string(::getpid()) + "\n" + std::to_string(member.pid()) + "\n");
  group.kill();
  EXPECT_EQ(member.wait(), -SIGKILL);
}

TEST_F(memory_group_test, tells_what_its_processes_hold_under_both_versions) {
  const memory_group group{version::two, root};
  EXPECT_EQ(group.used().own, 0U);
  file("memory.stat", "anon_thp 1\nanon 7000\nfile 5\nshmem 300\nshmem_thp 9\n");
  EXPECT_EQ(group.used().own, 7000U);
  EXPECT_EQ(group.used().shared, 300U);
  file("memory.stat", "cache 9\nrss 8000\nrss_huge 1\nshmem 400\ntotal_rss 99999\n");
  EXPECT_EQ(group.used().own, 8000U);
  EXPECT_EQ(group.used().shared, 400U);
}

TEST(memory_group_of_process, ends_one_that_takes_too_much_and_is_gone_with_it) {
  const auto home = find_group_home();
  const std::string name = "yoke-test-" + std::to_string(::getpid());
  const auto group = home ? memory_group::make(*home, name, std::uint64_t{32} << 20) : std::nullopt;
  ASSERT_EQ(group.has_value(), home.has_value());
  if (!group) return;
  yoke_test::child_process glutton{[&] {
    if (!group->join()) return 1;
    char* const memory = static_cast<char*>(std::malloc(std::size_t{256} << 20));
    for (std::size_t at = 0; at < std::size_t{256} << 20; at += 4096) static_cast<volatile char*>(memory)[at] = 1;
    return 0;
  }};
  EXPECT_EQ(glutton.wait(), -SIGKILL);
  EXPECT_EQ(group->oom_kills(), 1U);
  EXPECT_TRUE(group->remove());
  EXPECT_FALSE(fs::exists(group->directory()));
}

}  // namespace
}  // namespace yoke::detail
