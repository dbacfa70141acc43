#include "bench/runner/environment_record.hpp"
#include "bench/runner/machine_watch.hpp"
#include "support/temporary_folder.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke::bench;

/// A machine made of files.
class made_up_machine : public testing::Test {
 protected:
  void put(const std::string& file, const std::string& text) {
    const auto path = folder_.path() / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path} << text;
  }
  void busy(int used, int stolen) {
    put("proc/stat", "cpu 1 2 3\ncpu0 " + std::to_string(used) + " 0 0 0 0 0 0 " + std::to_string(stolen) +
                         " 0 0\ncpu1 99 99 99 99 99 99 99 99 99 99\n");
  }
  yoke_test::temporary_folder folder_;
};

TEST_F(made_up_machine, is_disturbed_by_what_others_use_of_the_allowed_cpus) {
  busy(0, 0);
  const machine_watch watch{{0}, folder_.path()};
  busy(1'000'000, 1'000'000);
  EXPECT_EQ(watch.so_far().foreign, 1);
  EXPECT_EQ(watch.so_far().steal, 1);
}

TEST_F(made_up_machine, is_not_disturbed_by_what_was_before_or_is_elsewhere) {
  busy(1'000'000, 1'000'000);
  const machine_watch watch{{0}, folder_.path()};
  put("proc/stat", "cpu0 1000000 0 0 0 0 0 0 1000000 0 0\ncpu1 9999999 0 0 0 0 0 0 9999999 0 0\n");
  EXPECT_LE(watch.so_far().foreign, 0) << "what we used ourselves is taken off";
  EXPECT_EQ(watch.so_far().steal, 0);
}

TEST_F(made_up_machine, without_proc_is_unknown) {
  const machine_watch watch{{0}, folder_.path()};
  EXPECT_TRUE(std::isnan(watch.so_far().foreign));
  const machine_state state = state_of_machine({0}, std::chrono::milliseconds{1}, folder_.path());
  EXPECT_TRUE(std::isnan(state.load));
  EXPECT_TRUE(std::isnan(state.cpu_pressure));
  const environment found = environment_record(folder_.path());
  EXPECT_EQ(found.cpu_model, "");
  EXPECT_TRUE(std::isnan(found.memory_bytes));
  EXPECT_GE(found.usable_cpus, 1);
}

TEST_F(made_up_machine, tells_load_and_pressure) {
  busy(0, 0);
  put("proc/loadavg", "1.25 0.5 0.25 1/100 42\n");
  put("proc/pressure/cpu", "some avg10=12.50 avg60=0.00 avg300=0.00 total=1\n");
  const machine_state state = state_of_machine({0}, std::chrono::milliseconds{1}, folder_.path());
  EXPECT_EQ(state.load, 1.25);
  EXPECT_EQ(state.cpu_pressure, 0.125);
}

TEST_F(made_up_machine, is_described_from_its_files) {
  put("proc/cpuinfo", "processor : 0\nmodel name\t: Abacus 3000\nflags\t\t: fpu hypervisor\n");
  put("proc/meminfo", "MemTotal:        1024 kB\n");
  put("sys/devices/system/cpu/online", "0-3,8\n");
  const std::string cpu = "sys/devices/system/cpu/cpu" + std::to_string(allowed_cpus().front()) + "/";
  put(cpu + "topology/thread_siblings_list", "0,4\n");
  put(cpu + "cpufreq/scaling_governor", "performance\n");
  put(cpu + "cache/index0/type", "Data\n");
  put(cpu + "cache/index0/level", "1\n");
  put(cpu + "cache/index0/size", "48K\n");
  put(cpu + "cache/index0/shared_cpu_list", "0-1\n");
  put("sys/class/dmi/id/sys_vendor", "Cloud Inc\n");
  const environment found = environment_record(folder_.path());
  EXPECT_EQ(found.cpu_model, "Abacus 3000");
  EXPECT_EQ(found.memory_bytes, 1024 * 1024);
  EXPECT_EQ(found.logical_cpus, 5);
  EXPECT_EQ(found.threads_per_core, 2);
  EXPECT_EQ(found.governor, "performance");
  EXPECT_THAT(found.hypervisor, testing::HasSubstr("Cloud Inc"));
  ASSERT_EQ(found.caches.size(), 1U);
  EXPECT_EQ(found.caches[0].bytes, 48 * 1024);
  EXPECT_EQ(found.caches[0].kind, "data");
  EXPECT_EQ(found.caches[0].shared_by, 2);
}

}  // namespace
