#pragma once

#include "sys/file_descriptor.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <string>

#include <boost/process/v2/process.hpp>
#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke::detail {

/// spawn_launcher is a launcher for Boost.Process made of posix_spawn: safe in a process with threads, an exec that
/// fails is an error and no child, and none of the caller's code runs in the child. The library's default launcher
/// forks, runs atexit handlers in a child that could not execute, and leaves that child unwaited for.
///
/// The error is ESRCH where the program has ended at once, and the caller, ignoring SIGCHLD or waiting for any child,
/// has taken its status already. The program starts in a process group of its own, with default signal handlers,
/// nothing blocked, the standard streams, and one more descriptor: `control`, as number 3.
class spawn_launcher {
 public:
  static constexpr int control_number = 3;

  /// `watch` becomes a pidfd of the program.
  spawn_launcher(int control, char* const* environment, file_descriptor& watch)
      : control_{control}, environment_{environment}, watch_{watch} {}

  template <class Context, class Arguments>
  auto operator()(Context& context, boost::process::v2::error_code& error,
                  const boost::process::v2::filesystem::path& file, const Arguments& arguments) const {
    using process = boost::process::v2::basic_process<typename Context::executor_type>;
    pid_t pid = -1;
    error.assign(spawn(pid, file.c_str(), arguments), boost::process::v2::system_category());
    if (error) return process{context.get_executor()};
    file_descriptor pidfd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
    if (pidfd) watch_.reset(::fcntl(pidfd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (watch_) return process{context.get_executor(), pid, pidfd.release()};
    error.assign(errno, boost::process::v2::system_category());
    if (error.value() != ESRCH) {
      ::kill(-pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
    return process{context.get_executor()};
  }

 private:
  [[nodiscard]] int spawn(pid_t& pid, const char* file, const std::string& name) const {
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    if (const int error = ::posix_spawnattr_init(&attributes); error != 0) return error;
    if (const int error = ::posix_spawn_file_actions_init(&actions); error != 0) {
      ::posix_spawnattr_destroy(&attributes);
      return error;
    }
    sigset_t all;
    sigset_t none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    int error = ::posix_spawn_file_actions_adddup2(&actions, control_, control_number);
    if (error == 0) error = ::posix_spawn_file_actions_addclosefrom_np(&actions, control_number + 1);
    const std::array<char*, 2> words{const_cast<char*>(name.c_str()), nullptr};
    if (error == 0) error = ::posix_spawn(&pid, file, &actions, &attributes, words.data(), environment_);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    return error;
  }

  int control_;
  char* const* environment_;
  file_descriptor& watch_;
};

}  // namespace yoke::detail
