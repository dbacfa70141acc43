#include "sys/process.hpp"

#include "sys/clock.hpp"
#include "sys/error.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/single_threaded.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke::detail {

namespace {

// An entry that vanishes or cannot be read belongs to a thread that has ended.
bool is_live_thread(int task_directory, const char* id) {
  const std::string path = std::string(id) + "/stat";
  const file_descriptor file(
      retry_on_interrupt([&] { return ::openat(task_directory, path.c_str(), O_RDONLY | O_CLOEXEC); }));
  if (!file) return false;
  std::array<char, 256> text{};
  const ssize_t length = retry_on_interrupt([&] { return ::read(file.get(), text.data(), text.size()); });
  if (length <= 0) return false;
  const std::string_view stat(text.data(), static_cast<std::size_t>(length));
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos || name_end + 2 >= stat.size()) return false;
  const char state = stat[name_end + 2];
  return state != 'Z' && state != 'X';
}

std::optional<int> count_live_threads() {
  const std::unique_ptr<DIR, int (*)(DIR*)> tasks(::opendir("/proc/self/task"), &::closedir);
  if (!tasks) return std::nullopt;
  int live = 0;
  while (const dirent* entry = ::readdir(tasks.get())) {
    if (entry->d_name[0] != '.' && is_live_thread(::dirfd(tasks.get()), entry->d_name)) ++live;
  }
  return live;
}

void close_between(int first, int last) {
  if (first > last) return;
  check(::close_range(static_cast<unsigned>(first), static_cast<unsigned>(last), 0), "close_range of the descriptors");
}

}  // namespace

file_descriptor pidfd_open(pid_t pid) {
  const long descriptor = ::syscall(SYS_pidfd_open, pid, 0);
  return clear_of_standard_streams(
      file_descriptor(static_cast<int>(check(descriptor, "pidfd_open of process " + std::to_string(pid)))));
}

bool pidfd_send_signal(int pidfd, int signal) {
  if (::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0) == 0) return true;
  if (errno == ESRCH) return false;
  throw_errno("pidfd_send_signal of " + name_of_signal(signal));
}

bool readable_within(const file_descriptor& descriptor, int milliseconds) noexcept {
  const auto end = deadline_after(std::chrono::milliseconds{milliseconds});
  for (;;) {
    pollfd watched{descriptor.get(), POLLIN, 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - monotonic_now()).count();
    const int ready = ::poll(&watched, 1, milliseconds < 0 ? -1 : static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

void reap(const file_descriptor& pidfd) noexcept {
  siginfo_t ignored{};
  ::waitid(P_PIDFD, static_cast<id_t>(pidfd.get()), &ignored, WEXITED | WNOHANG);
}

bool is_single_threaded() {
  const auto deadline = deadline_after(std::chrono::milliseconds(100));
  for (;;) {
    const std::optional<int> live = count_live_threads();
    if (!live) return __libc_single_threaded != 0;
    if (*live <= 1) return true;
    if (monotonic_now() >= deadline) return false;
    const timespec pause = to_timespec(std::chrono::microseconds(500));
    static_cast<void>(::clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr));
  }
}

void close_descriptors_except(std::span<const int> keep) {
  std::vector<int> kept(keep.begin(), keep.end());
  std::sort(kept.begin(), kept.end());
  int next = STDERR_FILENO + 1;
  for (const int descriptor : kept) {
    if (descriptor < next) continue;
    close_between(next, descriptor - 1);
    next = descriptor + 1;
  }
  close_between(next, INT_MAX);
}

std::string name_of_signal(int signal) {
  if (const char* name = ::sigabbrev_np(signal)) return std::string("SIG") + name;
  if (signal == SIGRTMIN) return "SIGRTMIN";
  if (signal > SIGRTMIN && signal <= SIGRTMAX) return "SIGRTMIN+" + std::to_string(signal - SIGRTMIN);
  return "signal " + std::to_string(signal);
}

void set_process_name(std::string_view name) {
  check(::prctl(PR_SET_NAME, std::string(name).c_str()), "prctl(PR_SET_NAME)");
}

void reset_signals(std::span<const int> ignored) {
  for (int signal = 1; signal <= SIGRTMAX; ++signal) {
    if (signal == SIGKILL || signal == SIGSTOP) continue;
    struct sigaction action {};
    action.sa_handler = std::ranges::find(ignored, signal) != ignored.end() ? SIG_IGN : SIG_DFL;
    // The C library keeps two signals to itself and answers EINVAL.
    if (::sigaction(signal, &action, nullptr) != 0 && errno != EINVAL) throw_errno("sigaction to the default");
  }
  sigset_t none;
  ::sigemptyset(&none);
  check(::sigprocmask(SIG_SETMASK, &none, nullptr), "sigprocmask to the empty mask");
}

}  // namespace yoke::detail
