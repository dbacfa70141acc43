#include "yoke_command.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using namespace yoke_test;
using testing::HasSubstr;

/// wait_until_up waits for workers, and until Ctrl-C is more than a signal that kills.
void wait_until_up(const running_yoke& running) {
  eventually([&] { return running.hears_interrupts() && !worker_pids().empty(); });
}

/// A command that waits for its FIFO, with workers that are up.
class map_signals : public testing::Test {
 protected:
  map_signals() {
    in_.write("a\n");
    wait_until_up(running_);
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

TEST_F(map_signals, ctrl_c_says_at_once_what_happens_now) {
  kill(running_.pid(), SIGINT);
  const auto ended = running_.wait();
  EXPECT_THAT(ended.err, testing::StartsWith("yoke map: finishing the blocks under way; Ctrl-C again ends at once\n"));
  EXPECT_THAT(ended.err, HasSubstr("there is no answer"));
}

TEST(map_interrupted, says_that_the_output_file_is_not_written) {
  const temporary_folder folder;
  const std::string fifo = make_fifo(folder, "in");
  const std::string out = folder.file("out", "before\n");
  running_yoke running{{"map", "-o", out, "wc", fifo}};
  fifo_writer in{fifo};
  in.write("a\n");
  wait_until_up(running);
  kill(running.pid(), SIGINT);
  const auto ended = running.wait();
  EXPECT_EQ(ended.status, 130);
  EXPECT_THAT(ended.err, HasSubstr(out + " is not written"));
  EXPECT_EQ(contents(out), "before\n");
}

TEST(map_interrupted, says_that_a_fifo_may_have_a_part_of_the_answer) {
  const temporary_folder folder;
  const std::string fifo = make_fifo(folder, "in");
  const std::string out = make_fifo(folder, "out");
  const int reader = open(out.c_str(), O_RDONLY | O_NONBLOCK);
  running_yoke running{{"map", "-o", out, "grep", "", fifo}};
  fifo_writer in{fifo};
  in.write("a\n");
  eventually([&] {
    char got = 0;
    return read(reader, &got, 1) == 1;
  });
  kill(running.pid(), SIGINT);
  EXPECT_THAT(running.wait().err, HasSubstr(out + " has the answer for a part of the input only"));
  close(reader);
}

/// terminal is one for a command's stderr; it keeps what is written to it.
class terminal {
 public:
  terminal() : master_{posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)} {
    if (grantpt(master_) != 0 || unlockpt(master_) != 0) ADD_FAILURE() << "there is no terminal";
    slave_ = open(path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  }
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;
  ~terminal() {
    close(slave_);
    close(master_);
  }

  [[nodiscard]] std::string path() const { return ptsname(master_); }

  [[nodiscard]] std::string written() const {
    std::array<char, 4096> text{};
    const ssize_t got = read(master_, text.data(), text.size());
    return {text.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }

 private:
  int master_;
  int slave_ = -1;
};

/// interrupted_on returns what the command wrote to a terminal of that kind until Ctrl-C ended it.
std::string interrupted_on(const char* kind, std::vector<std::string> options) {
  const terminal shown;
  const temporary_folder folder;
  const std::string fifo = make_fifo(folder, "in");
  options.insert(options.begin(), "map");
  options.insert(options.end(), {"wc", fifo});
  setenv("TERM", kind, 1);
  running_yoke running{options, shown.path()};
  fifo_writer in{fifo};
  in.write("a\n");
  wait_until_up(running);
  kill(running.pid(), SIGINT);
  EXPECT_EQ(running.wait().status, 130);
  return shown.written();
}

TEST(map_progress, is_not_shown_where_a_line_cannot_be_redrawn) {
  const auto wipes = HasSubstr("\x1b[K");
  EXPECT_THAT(interrupted_on("xterm", {}), wipes);
  EXPECT_THAT(interrupted_on("dumb", {}), testing::AllOf(testing::Not(wipes), HasSubstr("finishing the blocks")));
  EXPECT_THAT(interrupted_on("dumb", {"--progress", "always"}), wipes);
}

TEST(map_progress, says_for_how_long_nothing_has_come) {
  const temporary_folder folder;
  const std::string fifo = make_fifo(folder, "in");
  running_yoke running{{"map", "--progress", "always", "wc", fifo}};
  fifo_writer in{fifo};
  in.write("a\n");
  const auto says_so = testing::Matches(testing::ContainsRegex("2 B, nothing new for [0-9]+ s"));
  eventually([&] { return says_so(running.err_so_far()); });
  in.close();
  EXPECT_EQ(running.wait().out, "1 1 2\n");
}

TEST_F(map_signals, a_second_ctrl_c_ends_it_at_once) {
  const auto workers = worker_pids();
  for (const pid_t worker : workers) kill(worker, SIGSTOP);
  in_.write("b\n");
  kill(running_.pid(), SIGINT);
  eventually([this] { return running_.err_so_far().find("finishing the blocks") != std::string::npos; });
  kill(running_.pid(), SIGINT);
  EXPECT_EQ(running_.wait().status, 130);
  eventually([] { return worker_pids().empty(); });
}

/// A command whose stderr is a pipe that this test has the other end of, and writes into, too.
class map_signals_unheard : public testing::Test {
 protected:
  map_signals_unheard() {
    in_.write("a\n");
    wait_until_up(running_);
  }
  ~map_signals_unheard() override { close_reader(); }

  void close_reader() {
    if (reader_ >= 0) close(std::exchange(reader_, -1));
  }

  /// fill_pipe leaves no room in it.
  void fill_pipe() const {
    const int writer = open(err_.c_str(), O_WRONLY | O_NONBLOCK);
    const std::string some(4096, '.');
    while (write(writer, some.data(), some.size()) > 0) {
    }
    close(writer);
  }

  temporary_folder folder_;
  std::string fifo_ = make_fifo(folder_, "in");
  std::string err_ = make_fifo(folder_, "err");
  int reader_ = open(err_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  running_yoke running_{{"map", "wc", fifo_}, err_};
  fifo_writer in_{fifo_};
};

TEST_F(map_signals_unheard, a_second_ctrl_c_ends_it_where_stderr_takes_nothing) {
  for (const pid_t worker : worker_pids()) kill(worker, SIGSTOP);
  in_.write("b\n");
  fill_pipe();
  eventually([this] {
    kill(running_.pid(), SIGINT);
    return running_.ended();
  });
  EXPECT_EQ(running_.wait().status, 130);
}

TEST_F(map_signals_unheard, ctrl_c_ends_it_with_130_where_nobody_reads_stderr) {
  close_reader();
  kill(running_.pid(), SIGINT);
  EXPECT_EQ(running_.wait().status, 130);
}

TEST_F(map_signals, sigterm_leaves_no_worker) {
  kill(running_.pid(), SIGTERM);
  EXPECT_EQ(running_.wait().status, 128 + SIGTERM);
  eventually([] { return worker_pids().empty(); });
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
