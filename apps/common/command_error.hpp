#pragma once

#include <stdexcept>
#include <string>

namespace yoke::cli {

/// exit_status is what `yoke map` ends with. The numbers are a promise to scripts.
enum class exit_status : int {
  all_right = 0,
  negative = 1,      ///< the kernel's negative answer: grep selected nothing
  usage = 2,         ///< the command line makes no sense; nothing was read or written
  input_output = 3,  ///< something could not be read or written
  items_failed = 4,  ///< some blocks were given up; the summary names them
  workers_lost = 5,  ///< workers could not be started, or died too often
  interrupted = 130,
};

/// command_error ends the command with a message and a status. The message says what happened and what to do.
class command_error : public std::runtime_error {
 public:
  command_error(exit_status status, const std::string& message) : std::runtime_error{message}, status_{status} {}
  [[nodiscard]] exit_status status() const { return status_; }

 private:
  exit_status status_;
};

/// usage_error: the command line makes no sense.
class usage_error : public command_error {
 public:
  explicit usage_error(const std::string& message) : command_error{exit_status::usage, message} {}
};

/// io_error: an input or the output failed; the message begins with its name.
class io_error : public command_error {
 public:
  explicit io_error(const std::string& message) : command_error{exit_status::input_output, message} {}
};

/// errno_text returns the system's words for the current errno.
std::string errno_text();

}  // namespace yoke::cli
