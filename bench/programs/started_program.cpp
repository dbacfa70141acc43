#include "bench/programs/started_program.hpp"

#include "bench/results/unknown.hpp"
#include "sys/clock.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke::bench {
namespace {

/// signals_ignored are those that this program was started to ignore, by nohup or as a shell's background job.
std::vector<int> signals_ignored() {
  std::vector<int> found;
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT}) {
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) found.push_back(signal);
  }
  return found;
}

void connect(int stream, int to, int flags) {
  const detail::file_descriptor nothing{to >= 0 ? -1 : detail::check(::open("/dev/null", flags | O_CLOEXEC), "open")};
  detail::check(::dup2(to >= 0 ? to : nothing.get(), stream), "dup2");
}

/// become turns the child into the program, or throws.
void become(char* const* words, const program_streams& streams, const std::vector<int>& ignored, int keep) {
  if (streams.own_session) detail::check(::setsid(), "setsid");
  connect(STDIN_FILENO, streams.in, O_RDONLY);
  connect(STDOUT_FILENO, streams.out, O_WRONLY);
  connect(STDERR_FILENO, streams.err < 0 ? streams.out : streams.err, O_WRONLY);
  const int kept[]{keep};
  detail::close_descriptors_except(kept);
  if (!streams.folder.empty()) detail::check(::chdir(streams.folder.c_str()), "chdir");
  detail::reset_signals(ignored);
  ::execvp(words[0], words);
  detail::throw_errno("exec");
}

/// Throws what the child says when it cannot become the program.
pid_t start(const std::vector<std::string>& words, const program_streams& streams) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const std::vector<int> ignored = signals_ignored();
  int ends[2];
  detail::check(::pipe2(ends, O_CLOEXEC), "pipe for a program");
  const detail::file_descriptor answers{ends[0]};
  detail::file_descriptor to_us{ends[1]};
  const pid_t parent = ::getpid();
  const pid_t child = detail::check(::fork(), "fork for a program");
  if (child == 0) {
    int trouble = EIO;
    try {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() == parent) become(arguments.data(), streams, ignored, to_us.get());
    } catch (const std::system_error& error) {
      trouble = error.code().value();
    } catch (...) {
    }
    static_cast<void>(!::write(to_us.get(), &trouble, sizeof trouble));
    ::_exit(127);
  }
  to_us.reset();
  int trouble = 0;
  const auto length = detail::retry_on_interrupt([&] { return ::read(answers.get(), &trouble, sizeof trouble); });
  if (length <= 0) return child;
  (void)detail::retry_on_interrupt([&] { return ::waitpid(child, nullptr, 0); });
  throw std::system_error(trouble, std::generic_category(), words.front());
}

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
    : own_session_{streams.own_session}, begun_{detail::monotonic_now()} {
  pid_ = start(words, streams);
  try {
    watch_ = detail::pidfd_open(pid_);
  } catch (...) {
    send(SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    throw;
  }
}

started_program::started_program(started_program&& other) noexcept
    : pid_{std::exchange(other.pid_, -1)},
      own_session_{other.own_session_},
      watch_{std::move(other.watch_)},
      begun_{other.begun_} {}

started_program::~started_program() {
  if (pid_ < 0) return;
  send(SIGKILL);
  (void)detail::retry_on_interrupt([&] { return ::waitpid(pid_, nullptr, 0); });
}

bool started_program::ended_within(std::chrono::milliseconds time) const {
  return detail::readable_within(watch_, static_cast<int>(time.count()));
}

bool started_program::ended_before(const detail::file_descriptor& other, std::chrono::milliseconds time) const {
  pollfd watched[]{{watch_.get(), POLLIN, 0}, {other.get(), POLLIN, 0}};
  (void)detail::retry_on_interrupt([&] { return ::poll(watched, 2, static_cast<int>(time.count())); });
  return watched[0].revents != 0;
}

void started_program::send(int signal) const { ::kill(own_session_ ? -pid_ : pid_, signal); }

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
