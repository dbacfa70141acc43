#pragma once

#include "support/program.hpp"
#include "support/temporary_folder.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace yoke_test {

/// yoke_command is the built command with these arguments, ready to run.
program yoke_command(std::vector<std::string> arguments);

/// yoke runs the built command with these arguments.
ended_program yoke(std::vector<std::string> arguments, std::string input = {});

/// shell runs a script in bash; $YOKE is the command, $1, $2 ... the arguments.
ended_program shell(const std::string& script, const std::vector<std::string>& arguments = {});

/// by_name names a test after its parameter, a string.
inline auto by_name() {
  return [](const auto& parameter) { return parameter.param; };
}

/// contents is what a file holds.
std::string contents(const std::filesystem::path& path);

/// numbers is the lines from "1" to "last".
std::string numbers(int last);

/// running_yoke is the command while it runs, for tests that disturb it. Its stdout and stderr are collected at the
/// end, so a test lets it say little; or its stderr goes into a file that exists, a FIFO for example.
class running_yoke {
 public:
  explicit running_yoke(std::vector<std::string> arguments, const std::string& err_path = {});
  running_yoke(const running_yoke&) = delete;
  running_yoke& operator=(const running_yoke&) = delete;
  /// Kills what still runs.
  ~running_yoke();

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// ended tells whether it has ended, without waiting.
  [[nodiscard]] bool ended();
  /// hears_interrupts tells whether it has a handler of its own for Ctrl-C by now.
  [[nodiscard]] bool hears_interrupts() const;
  /// err_so_far is what it has written to stderr.
  [[nodiscard]] std::string err_so_far() const;
  /// wait returns what it left behind.
  ended_program wait();

 private:
  temporary_folder folder_;
  pid_t pid_ = -1;
  int status_ = -1;
};

/// worker_pids lists the live worker processes that this test has started, through whatever command.
std::vector<pid_t> worker_pids();

/// eventually waits until `condition` holds; the test's watchdog ends it otherwise.
template <class Condition>
void eventually(Condition condition);

/// make_fifo makes a FIFO in `folder` and returns its path.
std::string make_fifo(const temporary_folder& folder, const std::string& name);

/// fifo_writer is the writing end of a FIFO; opening it waits for the reader.
class fifo_writer {
 public:
  explicit fifo_writer(const std::string& path);
  fifo_writer(const fifo_writer&) = delete;
  fifo_writer& operator=(const fifo_writer&) = delete;
  ~fifo_writer() { close(); }
  void write(std::string_view text);
  void close();

 private:
  int descriptor_;
};

/// pause_a_little gives other processes some milliseconds, between two looks at a condition.
void pause_a_little();

template <class Condition>
void eventually(Condition condition) {
  while (!condition()) pause_a_little();
}

}  // namespace yoke_test
