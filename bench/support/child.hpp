#pragma once

#include "sys/file_descriptor.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <sys/types.h>

namespace yoke::bench {

/// command is a program with its arguments; a name without a slash is looked for in $PATH.
using command = std::vector<std::string>;

/// child is a running program with its standard streams where we want them. Ctrl-C ends it, and we see it end.
class child {
 public:
  /// Starts `what`; -1 leaves a stream as ours. Throws std::system_error where it cannot be started.
  explicit child(const command& what, int in = -1, int out = -1);
  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child();

  [[nodiscard]] pid_t pid() const { return pid_; }

  /// ended tells whether it has ended.
  bool ended();

  /// wait_for waits for its end, but no longer than that, and tells whether it has ended.
  bool wait_for(std::chrono::milliseconds patience);

  /// wait waits for its end. Throws std::runtime_error unless its exit status is 0.
  void wait();

 private:
  void judge(int status);

  std::string name_;
  pid_t pid_ = -1;
  bool reaped_ = false;
};

/// output is a place for what a child prints: a file in memory, so that it never waits for us to read.
class output {
 public:
  output();
  [[nodiscard]] int descriptor() const { return file_.get(); }

  /// words returns what was printed, its blanks and newlines made single blanks.
  [[nodiscard]] std::string words() const;

 private:
  detail::file_descriptor file_;
};

/// timed_run is one run of a command from its start to its end.
struct timed_run {
  double seconds;
  std::string words;
};

/// run runs a command without input and returns its time and what it printed.
timed_run run(const command& what);

/// peer is a child that measures something each time it is asked, so that its rounds interleave with ours. It reads one
/// byte, which says what to measure, and answers with a double: seconds.
class peer {
 public:
  explicit peer(const std::string& program);
  /// Lets it end by itself, which takes a moment where it has processes of its own.
  ~peer();
  peer(const peer&) = delete;
  peer& operator=(const peer&) = delete;

  double measure(char what);

 private:
  detail::file_descriptor questions_, answers_;
  child process_;

  struct pipes {
    detail::file_descriptor question_in, question_out, answer_in, answer_out;
    pipes();
  };
  peer(const std::string& program, pipes ends);
};

}  // namespace yoke::bench
