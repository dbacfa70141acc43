#include "support/leftovers.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"

#include <chrono>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using yoke_test::leftovers;
using yoke_test::program;
using yoke_test::temporary_folder;

TEST(house_rules, find_nothing_where_nothing_is_left) { EXPECT_EQ(leftovers().since(0ms), ""); }

TEST(house_rules, find_a_descriptor_by_its_target) {
  const leftovers before;
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_NE(before.since(0ms).find("/dev/null"), std::string::npos);
  close(fd);
}

TEST(house_rules, find_a_closed_descriptor) {
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const leftovers before;
  close(fd);
  EXPECT_NE(before.since(0ms).find("closed"), std::string::npos);
}

TEST(house_rules, find_a_file_in_tmpdir) {
  const leftovers before;
  const temporary_folder folder;
  EXPECT_NE(before.since(0ms).find(folder.path().filename()), std::string::npos);
}

TEST(house_rules, find_an_orphaned_process_in_another_session) {
  const leftovers before;
  int told[2];
  ASSERT_EQ(pipe2(told, O_CLOEXEC), 0);
  const pid_t child = fork();
  if (child == 0) {
    if (fork() != 0) _exit(0);
    setsid();
    const pid_t orphan = getpid();
    if (write(told[1], &orphan, sizeof orphan) < 0) _exit(1);
    for (;;) pause();
  }
  pid_t orphan = 0;
  ASSERT_EQ(read(told[0], &orphan, sizeof orphan), static_cast<ssize_t>(sizeof orphan));
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  close(told[0]);
  close(told[1]);
  EXPECT_NE(before.since(0ms).find("process " + std::to_string(orphan)), std::string::npos);
  before.end_new_processes();
  EXPECT_EQ(before.since(1s), "");
}

TEST(house_rules, find_a_zombie_process) {
  const leftovers before;
  const pid_t child = fork();
  if (child == 0) _exit(0);
  EXPECT_NE(before.since(0ms).find("child process"), std::string::npos);
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
}

TEST(program, that_is_a_process_gets_input_and_gives_both_outputs_and_its_status) {
  const auto ended = program({"sh", "-c", "cat; echo oops >&2; exit 7"}).input(std::string(300'000, 'x')).run();
  EXPECT_EQ(ended.status, 7);
  EXPECT_EQ(ended.out, std::string(300'000, 'x'));
  EXPECT_EQ(ended.err, "oops\n");
}

TEST(program, that_a_signal_ends_has_a_shells_status) {
  EXPECT_EQ(program({"sh", "-c", "kill -TERM $$"}).run().status, 143);
  EXPECT_EQ(program({"/no/such/file"}).run().status, 127);
}

}  // namespace
