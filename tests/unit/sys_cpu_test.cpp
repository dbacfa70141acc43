#include <yoke/cpu.hpp>

#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"
#include "sys/cpu.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sched.h>

namespace yoke::detail {
namespace {

namespace fs = std::filesystem;

/// A made-up root of a file system.
struct cpu_quota : testing::Test {
  yoke_test::temporary_folder folder;
  fs::path root = folder.path();

  void file(const std::string& path, const std::string& text) const {
    const fs::path full = root / path;
    fs::create_directories(full.parent_path());
    std::ofstream(full) << text;
  }

  void version_two(const std::string& group) const {
    file("proc/self/cgroup", "0::" + group + "\n");
    file("proc/self/mountinfo",
         "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
         "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
  }

  void version_one(const std::string& group, const std::string& mount_root) const {
    file("proc/self/cgroup", "4:memory:/other\n2:cpu,cpuacct:" + group + "\n1:name=systemd:/\n");
    file("proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n32 31 0:29 " + mount_root +
                                    " /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
                                    "35 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  }
};

TEST_F(cpu_quota, is_read_from_version_two) {
  version_two("/service");
  file("sys/fs/cgroup/service/cpu.max", "200000 100000\n");
  EXPECT_EQ(cpus_in_quota(root), 2u);
}

TEST_F(cpu_quota, is_rounded_up_and_never_below_one) {
  version_two("/service");
  file("sys/fs/cgroup/service/cpu.max", "50000 100000\n");
  EXPECT_EQ(cpus_in_quota(root), 1u);
  file("sys/fs/cgroup/service/cpu.max", "250000 100000\n");
  EXPECT_EQ(cpus_in_quota(root), 3u);
  file("sys/fs/cgroup/service/cpu.max", "1000 1000000\n");
  EXPECT_EQ(cpus_in_quota(root), 1u);
}

TEST_F(cpu_quota, is_the_tightest_of_all_levels) {
  version_two("/a/b/c");
  file("sys/fs/cgroup/cpu.max", "900000 100000\n");
  file("sys/fs/cgroup/a/cpu.max", "300000 100000\n");
  file("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  file("sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n");
  EXPECT_EQ(cpus_in_quota(root), 3u);
}

TEST_F(cpu_quota, is_found_at_the_mount_point_inside_of_a_container) {
  version_two("/");
  file("sys/fs/cgroup/cpu.max", "150000 100000\n");
  EXPECT_EQ(cpus_in_quota(root), 2u);
  version_two("/../other");
  EXPECT_EQ(cpus_in_quota(root), 2u) << "a group that seems to lie outside of the mount";
}

TEST_F(cpu_quota, is_none_when_version_two_says_max) {
  version_two("/service");
  file("sys/fs/cgroup/service/cpu.max", "max 100000\n");
  EXPECT_EQ(cpus_in_quota(root), std::nullopt);
}

TEST_F(cpu_quota, is_read_from_version_one) {
  version_one("/jobs/7", "/");
  file("sys/fs/cgroup/cpu,cpuacct/jobs/7/cpu.cfs_quota_us", "400000\n");
  file("sys/fs/cgroup/cpu,cpuacct/jobs/7/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cpus_in_quota(root), 4u);
  file("sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_quota_us", "130000\n");
  file("sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cpus_in_quota(root), 2u);
}

TEST_F(cpu_quota, is_none_when_version_one_says_minus_one) {
  version_one("/", "/");
  file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cpus_in_quota(root), std::nullopt);
}

TEST_F(cpu_quota, is_found_where_only_a_part_of_version_one_is_mounted) {
  version_one("/docker/abc/inner", "/docker/abc");
  file("sys/fs/cgroup/cpu,cpuacct/inner/cpu.cfs_quota_us", "250000\n");
  file("sys/fs/cgroup/cpu,cpuacct/inner/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cpus_in_quota(root), 3u);
}

TEST_F(cpu_quota, is_the_tighter_of_both_versions_where_both_are_mounted) {
  file("proc/self/cgroup", "1:cpu:/old\n0::/new\n");
  file("proc/self/mountinfo",
       "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
       "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  file("sys/fs/cgroup/cpu/old/cpu.cfs_quota_us", "500000\n");
  file("sys/fs/cgroup/cpu/old/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cpus_in_quota(root), 5u);
  file("sys/fs/cgroup/unified/new/cpu.max", "200000 100000\n");
  EXPECT_EQ(cpus_in_quota(root), 2u);
}

TEST_F(cpu_quota, does_not_come_from_the_mount_of_another_group) {
  file("proc/self/cgroup", "0::/mine\n");
  file("proc/self/mountinfo",
       "41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
       "42 31 0:38 /other /srv/other rw - cgroup2 cgroup2 rw\n");
  file("sys/fs/cgroup/mine/cpu.max", "400000 100000\n");
  file("srv/other/cpu.max", "100000 100000\n");
  EXPECT_EQ(cpus_in_quota(root), 4u);
}

TEST_F(cpu_quota, is_found_below_a_mount_point_with_a_space_in_its_name) {
  file("proc/self/cgroup", "0::/\n");
  file("proc/self/mountinfo", "41 31 0:38 / /my\\040groups rw - cgroup2 cgroup2 rw\n");
  file("my groups/cpu.max", "200000 100000\n");
  EXPECT_EQ(cpus_in_quota(root), 2u);
}

TEST_F(cpu_quota, is_none_where_there_are_no_files) { EXPECT_EQ(cpus_in_quota(root), std::nullopt); }

TEST_F(cpu_quota, is_none_where_files_hold_garbage) {
  version_two("/service");
  for (const std::string garbage : {"", "\n", "garbage", "12abc 100000", "100000 0", "0 100000", "-5 100000",
                                    "nan 100000", "1e999 1", "100000 garbage", "inf inf", "\xff\xfe"}) {
    file("sys/fs/cgroup/service/cpu.max", garbage);
    EXPECT_EQ(cpus_in_quota(root), std::nullopt) << garbage;
  }
  file("sys/fs/cgroup/service/cpu.max", "100000 100000\n");
  ASSERT_EQ(cpus_in_quota(root), 1u);
  for (const std::string garbage : {"", ":", "::", "no colon at all", "0:", "\n\n\n", ":::::", "0::"}) {
    file("proc/self/cgroup", garbage);
    EXPECT_NO_THROW(static_cast<void>(cpus_in_quota(root))) << garbage;
  }
  version_two("/service");
  for (const std::string garbage : {"", "-", "a b c d e f -", "a b c d e f - cgroup2", "- - - - - - - - - -"}) {
    file("proc/self/mountinfo", garbage);
    EXPECT_EQ(cpus_in_quota(root), std::nullopt) << garbage;
  }
}

TEST(usable_cpus, is_at_least_one_and_at_most_the_affinity_mask) {
  EXPECT_GE(usable_cpus(), 1u);
  EXPECT_LE(usable_cpus(), cpus_in_affinity_mask());
}

TEST(usable_cpus, is_one_in_a_process_tied_to_one_cpu) {
  yoke_test::child_process child([] {
    const int cpu = ::sched_getcpu();
    if (cpu < 0) return 2;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<unsigned>(cpu), &one);
    if (::sched_setaffinity(0, sizeof one, &one) != 0) return 3;
    return usable_cpus() == 1 ? 0 : 1;
  });
  EXPECT_EQ(child.wait(), 0);
}

}  // namespace
}  // namespace yoke::detail
