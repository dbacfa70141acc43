#include "bench/programs/started_program.hpp"

#include "bench/results/unknown.hpp"
#include "sys/clock.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke::bench {
namespace {

void check_error(int error, const std::string& what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

/// spawn_plan owns what posix_spawn is told.
class spawn_plan {
 public:
  spawn_plan() {
    check_error(::posix_spawn_file_actions_init(&actions_), "posix_spawn_file_actions_init");
    ::posix_spawnattr_init(&attributes_);
    sigset_t all;
    sigset_t none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  spawn_plan(const spawn_plan&) = delete;
  spawn_plan& operator=(const spawn_plan&) = delete;
  ~spawn_plan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  pid_t start(const std::vector<std::string>& words, const program_streams& streams) {
    const int out = streams.out;
    connect(STDIN_FILENO, streams.in, O_RDONLY);
    connect(STDOUT_FILENO, out, O_WRONLY);
    connect(STDERR_FILENO, streams.err < 0 ? out : streams.err, O_WRONLY);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    if (!streams.folder.empty()) ::posix_spawn_file_actions_addchdir_np(&actions_, streams.folder.c_str());
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t pid = -1;
    check_error(::posix_spawnp(&pid, arguments[0], &actions_, &attributes_, arguments.data(), environ), words.front());
    return pid;
  }

 private:
  void connect(int stream, int to, int flags) {
    if (to >= 0) {
      ::posix_spawn_file_actions_adddup2(&actions_, to, stream);
    } else {
      ::posix_spawn_file_actions_addopen(&actions_, stream, "/dev/null", flags, 0);
    }
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// io_field reads a line of /proc/PID/io of a program that has ended and is not yet waited for.
double io_field(pid_t pid, const std::string& wanted) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/io"};
  std::string name;
  double value = 0;
  while (file >> name >> value)
    if (name == wanted) return value;
  return unknown;
}

}  // namespace

started_program::started_program(const std::vector<std::string>& words, const program_streams& streams)
    : begun_{detail::monotonic_now()} {
  pid_ = spawn_plan{}.start(words, streams);
  try {
    watch_ = detail::pidfd_open(pid_);
  } catch (...) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    throw;
  }
}

started_program::started_program(started_program&& other) noexcept
    : pid_{std::exchange(other.pid_, -1)}, watch_{std::move(other.watch_)}, begun_{other.begun_} {}

started_program::~started_program() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  (void)detail::retry_on_interrupt([&] { return ::waitpid(pid_, nullptr, 0); });
}

bool started_program::ended_within(std::chrono::milliseconds time) const {
  return detail::readable_within(watch_, static_cast<int>(time.count()));
}

program_end started_program::finish() {
  program_end end;
  (void)detail::readable_within(watch_, -1);
  end.wall = std::chrono::duration<double>(detail::monotonic_now() - begun_).count();
  end.read = io_field(pid_, "rchar:");
  end.written = io_field(pid_, "wchar:");
  int status = 0;
  detail::check(detail::retry_on_interrupt([&] { return ::wait4(pid_, &status, 0, &end.used); }), "wait4");
  pid_ = -1;
  end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  end.status = end.signal != 0 ? 128 + end.signal : WEXITSTATUS(status);
  return end;
}

detail::file_descriptor memory_file() {
  return detail::file_descriptor{detail::check(::memfd_create("output", MFD_CLOEXEC), "memfd_create")};
}

std::string text_of(const detail::file_descriptor& file) {
  std::string text(static_cast<std::size_t>(std::max<off_t>(0, ::lseek(file.get(), 0, SEEK_END))), '\0');
  const ssize_t got = ::pread(file.get(), text.data(), text.size(), 0);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, got)));
  return text;
}

}  // namespace yoke::bench
