#include "yoke_command.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke_test;
using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

class map_output : public testing::Test {
 protected:
  /// files is the number of entries in the folder: nothing but what the test knows of may be there.
  [[nodiscard]] std::ptrdiff_t files() const {
    return std::distance(fs::directory_iterator{folder_.path()}, fs::directory_iterator{});
  }
  temporary_folder folder_;
};

TEST_F(map_output, makes_a_new_file) {
  const std::string out = folder_.path() / "out";
  EXPECT_EQ(yoke({"map", "-o", out, "wc"}, "a b\n").out, "");
  EXPECT_EQ(contents(out), "1 2 4\n");
  EXPECT_EQ(files(), 1);
}

TEST_F(map_output, honours_the_umask) {
  EXPECT_EQ(shell("umask 027; cd \"$1\"; echo a | \"$YOKE\" map -o out wc; stat -c %a out", {folder_.path()}).out,
            "640\n");
}

TEST_F(map_output, replaces_a_file_and_keeps_its_mode) {
  const std::string out = folder_.file("out", "old");
  fs::permissions(out, fs::perms::owner_all);
  EXPECT_EQ(yoke({"map", "--output=" + out, "wc"}, "a\n").status, 0);
  EXPECT_EQ(contents(out), "1 1 2\n");
  EXPECT_EQ(fs::status(out).permissions(), fs::perms::owner_all);
}

TEST_F(map_output, replaces_what_a_link_points_to_and_keeps_the_link) {
  const std::string target = folder_.file("target", "old");
  const fs::path link = folder_.path() / "link";
  fs::create_symlink("target", link);
  EXPECT_EQ(yoke({"map", "-o", link, "wc"}, "a\n").status, 0);
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(contents(target), "1 1 2\n");
}

TEST_F(map_output, may_be_one_of_the_inputs) {
  const std::string file = folder_.file("text", numbers(300'000));
  EXPECT_EQ(yoke({"map", "-o", file, "grep", "99999", file}).status, 0);
  EXPECT_EQ(contents(file), "99999\n199999\n299999\n");
}

TEST_F(map_output, is_left_alone_when_the_input_is_bad) {
  const std::string out = folder_.file("out", "old");
  EXPECT_EQ(yoke({"map", "-o", out, "wc", "/no/such/file"}).status, 3);
  EXPECT_EQ(contents(out), "old");
  EXPECT_EQ(files(), 1);
}

TEST_F(map_output, is_empty_when_grep_finds_nothing) {
  const std::string out = folder_.file("out", "old");
  EXPECT_EQ(yoke({"map", "-o", out, "grep", "x"}, "a\n").status, 1);
  EXPECT_EQ(contents(out), "");
}

TEST_F(map_output, is_left_alone_when_its_file_system_takes_no_more) {
  const std::string out = folder_.file("out", "old");
  const std::string in = folder_.path() / "in";
  std::ofstream{in} << "";
  fs::resize_file(in, 80 << 20);
  const auto ended =
      yoke_command({"map", "--backend", "serial", "-o", out, "grep", "", in}).limit(RLIMIT_FSIZE, 70 << 20).run();
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, AllOf(HasSubstr(out), HasSubstr("too large"), HasSubstr("it is as it was before")));
  EXPECT_EQ(contents(out), "old");
  EXPECT_EQ(files(), 2);
}

TEST_F(map_output, is_left_alone_by_a_kill) {
  const std::string out = folder_.file("out", "old");
  const std::string fifo = make_fifo(folder_, "in");
  running_yoke running{{"map", "-o", out, "grep", "", fifo}};
  fifo_writer in{fifo};
  in.write("a\n");
  eventually([] { return !worker_pids().empty(); });
  kill(running.pid(), SIGKILL);
  EXPECT_EQ(running.wait().status, 128 + SIGKILL);
  eventually([] { return worker_pids().empty(); });
  EXPECT_EQ(contents(out), "old");
  EXPECT_EQ(files(), 2);
}

TEST_F(map_output, is_written_through_a_device_or_fifo) {
  EXPECT_EQ(yoke({"map", "-o", "/dev/null", "wc"}, "a\n").status, 0);
  const std::string fifo = make_fifo(folder_, "out");
  EXPECT_EQ(shell("cat \"$1\" & echo a | \"$YOKE\" map -o \"$1\" wc; wait", {fifo}).out, "1 1 2\n");
  EXPECT_TRUE(fs::is_fifo(fifo));
}

TEST_F(map_output, is_stdout_where_it_is_a_dash) {
  EXPECT_EQ(yoke_command({"map", "-o", "-", "wc"}).folder(folder_.path()).input("a\n").run().out, "1 1 2\n");
  EXPECT_EQ(files(), 0);
}

TEST_F(map_output, reports_a_full_device) {
  const auto ended = yoke({"map", "-o", "/dev/full", "wc"}, "a\n");
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("/dev/full"), HasSubstr("No space left")));
}

TEST_F(map_output, cannot_be_a_directory_or_lie_in_none) {
  EXPECT_THAT(yoke({"map", "-o", folder_.path(), "wc"}).err, HasSubstr("Is a directory"));
  const auto ended = yoke({"map", "-o", "/no/such/folder/out", "wc"});
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("/no/such/folder/out"), HasSubstr("No such file"),
                               HasSubstr("mkdir -p /no/such/folder")));
}

TEST_F(map_output, works_without_a_stdout) {
  const std::string out = folder_.path() / "out";
  EXPECT_EQ(yoke_command({"map", "-o", out, "wc", "/dev/null"}).stdout_closed().run().status, 0);
  EXPECT_EQ(contents(out), "0 0 0\n");
}

}  // namespace
