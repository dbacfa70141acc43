#include "bench/support/child.hpp"

#include "bench/support/rounds.hpp"
#include "sys/error.hpp"

#include <csignal>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke::bench {
namespace {

class spawn_plan {
 public:
  spawn_plan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t defaults;
    ::sigemptyset(&defaults);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) ::sigaddset(&defaults, signal);
    ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
  }
  spawn_plan(const spawn_plan&) = delete;
  spawn_plan& operator=(const spawn_plan&) = delete;
  ~spawn_plan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  void redirect(int stream, int to) {
    if (to >= 0) ::posix_spawn_file_actions_adddup2(&actions_, to, stream);
  }

  pid_t start(const command& what) {
    std::vector<char*> arguments;
    for (const std::string& word : what) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t pid = -1;
    const int error = ::posix_spawnp(&pid, arguments[0], &actions_, &attributes_, arguments.data(), environ);
    if (error != 0) throw std::system_error(error, std::generic_category(), "cannot start " + what.front());
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

// Python's pools leave processes behind where they are killed.
constexpr std::chrono::seconds time_to_leave{5};

}  // namespace

child::child(const command& what, int in, int out) : name_{what.front()} {
  spawn_plan plan;
  plan.redirect(STDIN_FILENO, in);
  plan.redirect(STDOUT_FILENO, out);
  pid_ = plan.start(what);
}

child::~child() {
  if (reaped_) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

bool child::ended() {
  int status = 0;
  if (!reaped_ && detail::check(::waitpid(pid_, &status, WNOHANG), "waitpid") == pid_) judge(status);
  return reaped_;
}

void child::wait() {
  if (reaped_) return;
  int status = 0;
  detail::check(detail::retry_on_interrupt([&] { return ::waitpid(pid_, &status, 0); }), "waitpid");
  judge(status);
}

bool child::wait_for(std::chrono::milliseconds patience) {
  const detail::file_descriptor watched{static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))};
  pollfd end{watched.get(), POLLIN, 0};
  if (!reaped_ && watched) ::poll(&end, 1, static_cast<int>(patience.count()));
  return ended();
}

void child::judge(int status) {
  reaped_ = true;
  if (status == 0) return;
  throw std::runtime_error(WIFSIGNALED(status)
                               ? fmt::format("{} was ended by signal {}", name_, WTERMSIG(status))
                               : fmt::format("{} ended with exit status {}", name_, WEXITSTATUS(status)));
}

output::output() : file_{detail::check(::memfd_create("output", MFD_CLOEXEC), "memfd_create for a child's output")} {}

std::string output::words() const {
  std::string text(static_cast<std::size_t>(::lseek(file_.get(), 0, SEEK_END)), '\0');
  detail::check(::pread(file_.get(), text.data(), text.size(), 0), "read of a child's output");
  std::istringstream stream{text};
  std::string words;
  for (std::string word; stream >> word;) words += words.empty() ? word : ' ' + word;
  return words;
}

timed_run run(const command& what) {
  const detail::file_descriptor nothing{detail::check(::open("/dev/null", O_RDONLY | O_CLOEXEC), "open of /dev/null")};
  const output printed;
  const double seconds = seconds_of([&] { child{what, nothing.get(), printed.descriptor()}.wait(); });
  return {.seconds = seconds, .words = printed.words()};
}

peer::pipes::pipes() {
  int ends[2];
  detail::check(::pipe2(ends, O_CLOEXEC), "pipe to a peer");
  question_in.reset(ends[0]);
  question_out.reset(ends[1]);
  detail::check(::pipe2(ends, O_CLOEXEC), "pipe from a peer");
  answer_in.reset(ends[0]);
  answer_out.reset(ends[1]);
}

peer::peer(const std::string& program) : peer{program, pipes{}} {}

peer::peer(const std::string& program, pipes ends)
    : questions_{std::move(ends.question_out)},
      answers_{std::move(ends.answer_in)},
      process_{{program}, ends.question_in.get(), ends.answer_out.get()} {}

peer::~peer() {
  questions_.reset();
  try {
    process_.wait_for(time_to_leave);
  } catch (const std::exception&) {
    // It has ended, one way or the other.
  }
}

double peer::measure(char what) {
  double seconds = 0;
  if (::write(questions_.get(), &what, 1) != 1 || ::read(answers_.get(), &seconds, sizeof seconds) != sizeof seconds) {
    throw std::runtime_error("a peer program ended early");
  }
  return seconds;
}

}  // namespace yoke::bench
