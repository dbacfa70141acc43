#include "support/program.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke_test {
namespace {

class descriptor {
 public:
  explicit descriptor(int number = -1) : number_(number) {}
  descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~descriptor() { close(); }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

struct pipe_ends {
  descriptor read;
  descriptor write;
};

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::system_category(), what); }

pipe_ends make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
  return {descriptor(ends[0]), descriptor(ends[1])};
}

/// Appends what is there; closes at the end of the stream.
void drain(descriptor& from, std::string& into) {
  std::array<char, 65536> buffer;
  const ssize_t got = read(from.get(), buffer.data(), buffer.size());
  if (got > 0) {
    into.append(buffer.data(), static_cast<std::size_t>(got));
  } else if (got == 0 || errno != EINTR) {
    from.close();
  }
}

/// Writes what fits; closes when all is written or nobody reads.
void feed(descriptor& into, std::string_view& text) {
  const ssize_t put = write(into.get(), text.data(), text.size());
  if (put > 0) text.remove_prefix(static_cast<std::size_t>(put));
  if (text.empty() || (put < 0 && errno != EINTR && errno != EAGAIN)) into.close();
}

int shell_status(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

}  // namespace

program& program::input(std::string text) {
  input_ = std::move(text);
  return *this;
}

program& program::environment(const std::string& name, const std::string& value) {
  environment_.emplace_back(name, value);
  return *this;
}

program& program::folder(std::string path) {
  folder_ = std::move(path);
  return *this;
}

program& program::stdout_to(std::string path) {
  stdout_path_ = std::move(path);
  return *this;
}

program& program::stdout_closed() {
  stdout_closed_ = true;
  return *this;
}

program& program::limit(int resource, rlim_t value) {
  limits_.emplace_back(resource, value);
  return *this;
}

/// In the child: never returns.
void program::become(int in, int out, int err) {
  if (!stdout_path_.empty()) out = open(stdout_path_.c_str(), O_WRONLY | O_CLOEXEC);
  bool right = dup2(in, STDIN_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0;
  if (stdout_closed_) close(STDOUT_FILENO);
  if (!folder_.empty()) right = right && chdir(folder_.c_str()) == 0;
  for (const auto& [name, value] : environment_) setenv(name.c_str(), value.c_str(), 1);
  for (const auto& [resource, value] : limits_) {
    const rlimit both{value, value};
    right = right && setrlimit(static_cast<__rlimit_resource_t>(resource), &both) == 0;
  }
  std::signal(SIGPIPE, SIG_DFL);
  std::vector<char*> arguments;
  for (std::string& word : words_) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  if (right) execvp(arguments.front(), arguments.data());
  std::perror(arguments.front());
  _exit(127);
}

ended_program program::run() {
  pipe_ends in = make_pipe();
  pipe_ends out = make_pipe();
  pipe_ends err = make_pipe();
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) become(in.read.get(), out.write.get(), err.write.get());
  in.read.close();
  out.write.close();
  err.write.close();

  const auto before = std::signal(SIGPIPE, SIG_IGN);
  if (fcntl(in.write.get(), F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
  std::string_view rest = input_;
  if (rest.empty()) in.write.close();
  ended_program ended;
  while (out.read.get() >= 0 || err.read.get() >= 0) {
    std::array<pollfd, 3> watched{
        {{in.write.get(), POLLOUT, 0}, {out.read.get(), POLLIN, 0}, {err.read.get(), POLLIN, 0}}};
    if (poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) fail("poll");
    if (watched[0].revents != 0) feed(in.write, rest);
    if (watched[1].revents != 0) drain(out.read, ended.out);
    if (watched[2].revents != 0) drain(err.read, ended.err);
  }
  in.write.close();
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) fail("waitpid");
  }
  std::signal(SIGPIPE, before);
  ended.status = shell_status(status);
  return ended;
}

}  // namespace yoke_test
