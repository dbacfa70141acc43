#pragma once

#include <string>
#include <utility>
#include <vector>

#include <sys/resource.h>

namespace yoke_test {

/// ended_program is what a program left behind when it ended.
struct ended_program {
  int status = -1;  ///< as a shell tells it: the exit status, or 128 + the signal that ended it
  std::string out;
  std::string err;
};

/// program runs a command as a user would and collects what it says.
class program {
 public:
  /// The first word is the file to execute; it is looked up in $PATH when it has no slash.
  explicit program(std::vector<std::string> words) : words_(std::move(words)) {}

  /// input is what the program reads from its stdin; without it stdin is empty.
  program& input(std::string text);
  /// environment adds or replaces a variable.
  program& environment(const std::string& name, const std::string& value);
  /// folder is where the program starts.
  program& folder(std::string path);
  /// stdout_to sends stdout into a file that exists, a device or FIFO for example, instead of collecting it.
  program& stdout_to(std::string path);
  /// stdout_closed starts the program without a descriptor 1.
  program& stdout_closed();
  /// limit sets a resource limit of setrlimit(2), for example RLIMIT_FSIZE.
  program& limit(int resource, rlim_t value);

  /// run starts the program and returns when it has ended and closed its outputs. Throws std::system_error when it
  /// cannot be started; a file that cannot be executed is status 127.
  [[nodiscard]] ended_program run();

 private:
  void become(int in, int out, int err);

  std::vector<std::string> words_;
  std::string input_;
  std::vector<std::pair<std::string, std::string>> environment_;
  std::vector<std::pair<int, rlim_t>> limits_;
  std::string folder_;
  std::string stdout_path_;
  bool stdout_closed_ = false;
};

}  // namespace yoke_test
