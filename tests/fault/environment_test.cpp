#include <yoke/yoke.hpp>

#include "support/child_process.hpp"

#include <csignal>
#include <functional>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

using yoke_test::child_process;

namespace {

/// What a pool made of its surroundings, as an exit status.
enum outcome : int { worked = 0, wrong_answer = 1, clear_error = 2, not_prepared = 3 };

int use_a_pool() {
  try {
    yoke::pool pool{{.workers = 2}};
    std::vector<int> numbers(1000);
    std::iota(numbers.begin(), numbers.end(), 0);
    const auto texts = pool.map(numbers, [](int n) { return std::string(static_cast<std::size_t>(n), 'x'); });
    for (std::size_t n = 0; n < texts.size(); ++n) {
      if (texts[n].size() != n) return wrong_answer;
    }
    return worked;
  } catch (const std::exception& error) {
    return std::string{error.what()}.size() > 20 ? clear_error : wrong_answer;
  }
}

/// outcome_in runs a pool in a child that has changed its surroundings.
int outcome_in(const std::function<bool()>& change) {
  return child_process{[&] { return change() ? use_a_pool() : not_prepared; }}.wait();
}

/// A view of the file systems of our own, which may be changed; with a user namespace where we are not root.
bool unshare_mounts() {
  const int flags = ::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
  return ::unshare(flags) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

bool mount_over_shm(unsigned long flags, const char* options) {
  return unshare_mounts() && ::mount("tmpfs", "/dev/shm", "tmpfs", flags, options) == 0;
}

bool limit(__rlimit_resource_t what, rlim_t to) {
  const rlimit both{to, to};
  return ::setrlimit(what, &both) == 0;
}

}  // namespace

TEST(environment_of_process_pool, dev_shm_absent_does_not_matter) {
  EXPECT_EQ(outcome_in([] { return unshare_mounts() && ::umount2("/dev/shm", MNT_DETACH) == 0; }), worked);
}

TEST(environment_of_process_pool, dev_shm_of_one_megabyte_does_not_matter) {
  EXPECT_EQ(outcome_in([] { return mount_over_shm(0, "size=1m"); }), worked);
}

TEST(environment_of_process_pool, dev_shm_read_only_does_not_matter) {
  EXPECT_EQ(outcome_in([] { return mount_over_shm(MS_RDONLY, ""); }), worked);
}

TEST(environment_of_process_pool, no_proc_works_or_is_a_clear_error) {
  const int outcome = outcome_in([] { return unshare_mounts() && ::umount2("/proc", MNT_DETACH) == 0; });
  EXPECT_TRUE(outcome == worked || outcome == clear_error) << outcome;
}

TEST(environment_of_process_pool, memlock_of_zero_does_not_matter) {
  EXPECT_EQ(outcome_in([] { return limit(RLIMIT_MEMLOCK, 0); }), worked);
}

TEST(environment_of_process_pool, little_room_for_files_is_a_clear_error_and_no_sigxfsz) {
  const int outcome = outcome_in([] { return limit(RLIMIT_FSIZE, 1 << 20); });
  EXPECT_TRUE(outcome == worked || outcome == clear_error) << outcome;
}

TEST(environment_of_process_pool, signals_of_the_terminal_ignored_by_the_host_do_not_matter) {
  EXPECT_EQ(outcome_in([] {
              for (const int signal : {SIGINT, SIGQUIT, SIGHUP, SIGTSTP, SIGPIPE, SIGTERM})
                std::signal(signal, SIG_IGN);
              return true;
            }),
            worked);
}
