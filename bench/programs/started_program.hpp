#pragma once

#include "sys/file_descriptor.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

namespace yoke::bench {

/// program_streams are the descriptors that become a program's standard streams, and where it starts.
struct program_streams {
  int in = -1;   ///< -1: nothing to read
  int out = -1;  ///< -1: what it prints is dropped
  int err = -1;  ///< -1: as out
  std::string folder = {};
  bool own_session = false;  ///< without a terminal; what it starts in its process group gets its signals and its end
};

/// program_end is how a program ended and what it used, with all descendants it waited for.
struct program_end {
  int status = 0;  ///< exit status, or 128 + the signal that ended it
  int signal = 0;  ///< that signal, or 0
  double wall = 0;
  rusage used{};
  double read = 0;     ///< bytes it asked for with read and the like; NaN where the system does not tell
  double written = 0;  ///< bytes it handed to write and the like
};

/// started_program is a program that runs. It is killed and waited for when the object goes, and killed when this
/// program ends in any way.
class started_program {
 public:
  /// Starts a command; a name without a slash is looked for in $PATH. Throws std::system_error where that fails.
  started_program(const std::vector<std::string>& words, const program_streams& streams);
  started_program(const started_program&) = delete;
  started_program& operator=(const started_program&) = delete;
  started_program(started_program&& other) noexcept;
  started_program& operator=(started_program&&) = delete;
  ~started_program();

  /// pid is its number, and that of its process group where it has its own session.
  [[nodiscard]] pid_t pid() const { return pid_; }

  /// ended_within waits until it has ended, but no longer than that.
  [[nodiscard]] bool ended_within(std::chrono::milliseconds time) const;

  /// ended_before waits until it has ended, but no longer than until `other` can be read, or that time is over.
  [[nodiscard]] bool ended_before(const detail::file_descriptor& other,
                                  std::chrono::milliseconds time = std::chrono::milliseconds{-1}) const;

  /// send sends it a signal, and to its process group where it has its own session.
  void send(int signal) const;

  /// finish waits for its end. Call it once.
  program_end finish();

 private:
  pid_t pid_ = -1;
  bool own_session_;
  detail::file_descriptor watch_;
  std::chrono::nanoseconds begun_;
};

/// memory_file returns an empty file in memory, for what a program prints.
detail::file_descriptor memory_file();

/// text_of returns all that was written to a memory file.
std::string text_of(const detail::file_descriptor& file);

}  // namespace yoke::bench
