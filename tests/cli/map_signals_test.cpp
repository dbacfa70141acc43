#include "yoke_command.hpp"

#include <csignal>
#include <cstdint>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace yoke_test;
using testing::HasSubstr;

/// A command that waits for its FIFO, with workers that are up.
class map_signals : public testing::Test {
 protected:
  map_signals() {
    in_.write("a\n");
    eventually([] { return !worker_pids().empty(); });
  }
  temporary_folder folder_;
  std::string fifo_ = make_fifo(folder_, "in");
  running_yoke running_{{"map", "wc", fifo_}};
  fifo_writer in_{fifo_};
};

TEST_F(map_signals, ctrl_c_ends_it_with_130_and_no_answer) {
  kill(running_.pid(), SIGINT);
  const auto ended = running_.wait();
  EXPECT_EQ(ended.status, 130);
  EXPECT_THAT(ended.err, HasSubstr("interrupted"));
  EXPECT_EQ(ended.out, "");
}

TEST_F(map_signals, a_second_ctrl_c_ends_it_at_once) {
  const auto workers = worker_pids();
  for (const pid_t worker : workers) kill(worker, SIGSTOP);
  in_.write("b\n");
  kill(running_.pid(), SIGINT);
  kill(running_.pid(), SIGINT);
  EXPECT_EQ(running_.wait().status, 130);
  eventually([] { return worker_pids().empty(); });
}

TEST_F(map_signals, sigterm_leaves_no_worker) {
  kill(running_.pid(), SIGTERM);
  EXPECT_EQ(running_.wait().status, 128 + SIGTERM);
  eventually([] { return worker_pids().empty(); });
}

/// busy_worker returns a worker that has used the CPU for some milliseconds: one that is inside a block.
pid_t busy_worker() {
  for (const pid_t worker : worker_pids()) {
    std::uint64_t nanoseconds = 0;
    std::ifstream{fmt::format("/proc/{}/schedstat", worker)} >> nanoseconds;
    if (nanoseconds > 10'000'000) return worker;
  }
  return 0;
}

TEST(map_crashes, name_the_block_that_ends_each_worker_and_give_no_answer) {
  const temporary_folder folder;
  const std::string file = folder.file("text", numbers(4'000'000));
  running_yoke running{{"map", "-j", "2", "--block", "1T", "freq", file}};
  eventually([&] {
    if (const pid_t worker = busy_worker(); worker != 0) kill(worker, SIGSEGV);
    return running.ended();
  });
  const auto ended = running.wait();
  EXPECT_EQ(ended.status, 4) << ended.err;
  EXPECT_THAT(ended.err, testing::AllOf(HasSubstr(file), HasSubstr("SIGSEGV"), HasSubstr("1 block failed")));
  EXPECT_EQ(ended.out, "");
}

TEST(map_signals_in_a_pipeline, a_reader_that_leaves_ends_it_with_141) {
  const temporary_folder folder;
  const std::string file = folder.file("text", numbers(1'000'000));
  const auto ended = shell("\"$YOKE\" map grep '' \"$1\" | head -n 1; echo \"${PIPESTATUS[0]}\"", {file});
  EXPECT_EQ(ended.out, "1\n141\n");
}

TEST(map_signals_in_a_pipeline, an_ignored_interrupt_stays_ignored) {
  const auto ended = shell("trap '' INT; (sleep 0.1; echo a; kill -INT $$) | \"$YOKE\" map wc");
  EXPECT_EQ(ended.out, "1 1 2\n") << ended.err;
}

}  // namespace
