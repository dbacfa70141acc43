#include "yoke_command.hpp"

#include "support/process_marker.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke_test {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::system_category(), what); }

}  // namespace

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

program yoke_command(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), YOKE_PROGRAM);
  return program{std::move(arguments)};
}

ended_program yoke(std::vector<std::string> arguments, std::string input) {
  return yoke_command(std::move(arguments)).input(std::move(input)).run();
}

ended_program shell(const std::string& script, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"bash", "-c", script, "bash"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return program{words}.environment("YOKE", YOKE_PROGRAM).environment("LC_ALL", "C").run();
}

std::string numbers(int last) {
  std::string text;
  for (int i = 1; i <= last; ++i) text += std::to_string(i) + '\n';
  return text;
}

running_yoke::running_yoke(std::vector<std::string> arguments, const std::string& err_path) {
  const std::string out = folder_.file("out", "");
  const std::string collected = folder_.file("err", "");
  const std::string& err = err_path.empty() ? collected : err_path;
  std::vector<char*> words;
  std::string name = YOKE_PROGRAM;
  words.push_back(name.data());
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  pid_ = fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) {
    const bool right = dup2(open("/dev/null", O_RDONLY), STDIN_FILENO) == STDIN_FILENO &&
                       dup2(open(out.c_str(), O_WRONLY), STDOUT_FILENO) == STDOUT_FILENO &&
                       dup2(open(err.c_str(), O_WRONLY), STDERR_FILENO) == STDERR_FILENO;
    std::signal(SIGPIPE, SIG_DFL);
    if (right) execv(words.front(), words.data());
    _exit(127);
  }
}

running_yoke::~running_yoke() {
  if (!ended()) kill(pid_, SIGKILL);
  static_cast<void>(wait());
}

bool running_yoke::ended() {
  if (status_ == -1 && waitpid(pid_, &status_, WNOHANG) == 0) status_ = -1;
  return status_ != -1;
}

bool running_yoke::hears_interrupts() const {
  const std::string field = "SigCgt:";
  std::ifstream status{fmt::format("/proc/{}/status", pid_)};
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return (std::stoull(line.substr(field.size()), nullptr, 16) >> (SIGINT - 1) & 1U) != 0;
  }
  return false;
}

std::string running_yoke::err_so_far() const { return contents(folder_.path() / "err"); }

ended_program running_yoke::wait() {
  while (status_ == -1) {
    if (waitpid(pid_, &status_, 0) < 0 && errno != EINTR) fail("waitpid");
  }
  return {WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_), contents(folder_.path() / "out"),
          contents(folder_.path() / "err")};
}

std::vector<pid_t> worker_pids() {
  process_list branded;
  find_branded(branded);
  std::vector<pid_t> workers;
  for (std::size_t i = 0; i < branded.size; ++i) {
    std::string name;
    std::getline(std::ifstream{fmt::format("/proc/{}/comm", branded.pids[i])} >> std::ws, name);
    if (name == "yoke-worker") workers.push_back(branded.pids[i]);
  }
  return workers;
}

std::string make_fifo(const temporary_folder& folder, const std::string& name) {
  const std::string path = folder.path() / name;
  if (mkfifo(path.c_str(), 0600) != 0) fail(path);
  return path;
}

fifo_writer::fifo_writer(const std::string& path) : descriptor_{open(path.c_str(), O_WRONLY | O_CLOEXEC)} {
  if (descriptor_ < 0) fail(path);
}

void fifo_writer::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(descriptor_, text.data(), text.size());
    if (put < 0) fail("write to a FIFO");
    text.remove_prefix(static_cast<std::size_t>(put));
  }
}

void fifo_writer::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void pause_a_little() { std::this_thread::sleep_for(std::chrono::milliseconds{2}); }

}  // namespace yoke_test
