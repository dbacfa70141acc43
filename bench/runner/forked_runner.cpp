#include "bench/runner/forked_runner.hpp"

#include <yoke/codec.hpp>
#include <yoke/detail/vector_sink.hpp>

#include "bench/runner/measured_run.hpp"
#include "sys/clock.hpp"
#include "sys/error.hpp"
#include "sys/file_descriptor.hpp"
#include "sys/process.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <stdexcept>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke::bench {
namespace {

constexpr std::chrono::milliseconds glance{200};
constexpr std::chrono::seconds time_to_leave{2};

void write_all(int to, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto written = detail::retry_on_interrupt([&] { return ::write(to, bytes.data(), bytes.size()); });
    bytes = bytes.subspan(static_cast<std::size_t>(detail::check(written, "write of a repetition's figures")));
  }
}

/// The child's whole life. What it prints to standard output would end up among the command's data.
[[noreturn]] void live_as_child(const cell_plan& cell, const run_terms& terms, int answers) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  const rlimit no_dumps{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_dumps);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  outcome result;
  try {
    result = measured_run(cell, terms);
  } catch (const std::exception& error) {
    result.figures.error = error.what();
  }
  try {
    detail::vector_sink bytes;
    yoke::encode(bytes, result);
    write_all(answers, {bytes.data(), bytes.size()});
    ::_exit(0);
  } catch (...) {
    ::_exit(1);
  }
}

/// Reads until the child has closed its end. Returns nothing when patience is over, or the run is to end.
std::optional<std::vector<std::byte>> answer_from(int answers, std::chrono::nanoseconds deadline,
                                                  const std::atomic<bool>& interrupted) {
  std::vector<std::byte> bytes;
  std::byte part[4096];
  while (!interrupted.load()) {
    const std::chrono::nanoseconds left = deadline - detail::monotonic_now();
    if (left.count() <= 0) return std::nullopt;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::min<std::chrono::nanoseconds>(left, glance));
    pollfd waits{.fd = answers, .events = POLLIN, .revents = 0};
    if (::poll(&waits, 1, static_cast<int>(wait.count())) <= 0) continue;
    const auto length = detail::retry_on_interrupt([&] { return ::read(answers, part, sizeof part); });
    if (detail::check(length, "read of a repetition's figures") == 0) return bytes;
    bytes.insert(bytes.end(), part, part + length);
  }
  return std::nullopt;
}

/// What the child has left behind becomes ours where we are a subreaper, and is gone before the next one begins.
void see_all_leave() {
  const auto deadline = detail::deadline_after(time_to_leave);
  for (;;) {
    const pid_t gone = ::waitpid(-1, nullptr, WNOHANG);
    if (gone == -1 || detail::monotonic_now() > deadline) return;
    if (gone == 0) ::poll(nullptr, 0, 1);
  }
}

std::string end_of(int status) {
  if (WIFSIGNALED(status)) return fmt::format("ended by {}", detail::name_of_signal(WTERMSIG(status)));
  return fmt::format("ended with exit status {} before it had a result", WEXITSTATUS(status));
}

outcome failed(std::string why) {
  outcome result;
  result.figures.error = std::move(why);
  return result;
}

}  // namespace

outcome forked_runner::run(const cell_plan& cell, const run_terms& terms) {
  int ends[2];
  detail::check(::pipe2(ends, O_CLOEXEC), "pipe for a repetition");
  const detail::file_descriptor answers{ends[0]};
  detail::file_descriptor to_us{ends[1]};
  std::fflush(nullptr);  // or the child's workers print what we have not printed yet
  const pid_t child = detail::check(::fork(), "fork for a repetition");
  if (child == 0) live_as_child(cell, terms, to_us.get());
  to_us.reset();

  const auto answer = answer_from(answers.get(), detail::deadline_after(terms.patience), interrupted_);
  if (!answer) ::kill(child, SIGKILL);
  int status = 0;
  detail::check(detail::retry_on_interrupt([&] { return ::waitpid(child, &status, 0); }), "waitpid for a repetition");
  see_all_leave();

  if (interrupted_.load()) {
    outcome result = failed("interrupted");
    result.interrupted = true;
    return result;
  }
  if (!answer) {
    outcome result = failed(fmt::format("hung: no result within {} s", terms.patience.count() / 1000));
    result.hung = true;
    return result;
  }
  if (status != 0 || answer->empty()) return failed(end_of(status));
  try {
    byte_reader in{*answer};
    return yoke::decode<outcome>(in);
  } catch (const damaged_payload&) {
    return failed("wrote over its own figures");
  }
}

}  // namespace yoke::bench
