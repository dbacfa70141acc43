#include "bench/support/spinners.hpp"

#include "bench/support/rounds.hpp"
#include "sys/error.hpp"
#include "sys/file_descriptor.hpp"
#include "sys/process.hpp"

#include <csignal>
#include <new>
#include <stdexcept>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke::bench {
namespace {

/// shared_times is a place for each child's answer.
class shared_times {
 public:
  explicit shared_times(std::size_t count) : bytes_{count * sizeof(double)} {
    void* const memory = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc{};
    times_ = static_cast<double*>(memory);
  }
  shared_times(const shared_times&) = delete;
  shared_times& operator=(const shared_times&) = delete;
  ~shared_times() { ::munmap(times_, bytes_); }

  double& operator[](std::size_t child) { return times_[child]; }

 private:
  std::size_t bytes_;
  double* times_;
};

/// spinner_children wait at a gate until all are there. None outlives this.
class spinner_children {
 public:
  spinner_children() = default;
  spinner_children(const spinner_children&) = delete;
  spinner_children& operator=(const spinner_children&) = delete;
  ~spinner_children() {
    for (const pid_t pid : pids_) ::kill(pid, SIGKILL);
    for (const pid_t pid : pids_) detail::retry_on_interrupt([&] { return ::waitpid(pid, nullptr, 0); });
  }

  void start(std::size_t count, const std::function<void()>& work, shared_times& times) {
    int ends[2];
    detail::check(::pipe2(ends, O_CLOEXEC), "pipe for the spinners' start");
    const detail::file_descriptor gate{ends[0]};
    detail::file_descriptor opener{ends[1]};
    const pid_t parent = ::getpid();
    for (std::size_t child = 0; child < count; ++child) {
      const pid_t pid = detail::check(::fork(), "fork of a spinner");
      if (pid == 0) {
        opener.reset();
        live(parent, gate.get(), work, times[child]);
      }
      pids_.push_back(pid);
    }
    opener.reset();  // the last writer's end: all children read end-of-file at the same time
  }

  /// False when `goes_on` says so after a signal.
  bool all_ended(const std::function<bool()>& goes_on) {
    while (!pids_.empty()) {
      int status = 0;
      if (detail::retry_on_interrupt([&] { return goes_on() ? ::waitpid(pids_.back(), &status, 0) : 0; }) == 0)
        return false;
      pids_.pop_back();
      if (status == 0) continue;
      if (!goes_on()) return false;  // Ctrl-C ends them, too
      throw std::runtime_error("a spinner failed");
    }
    return true;
  }

 private:
  [[noreturn]] static void live(pid_t parent, int gate, const std::function<void()>& work, double& time) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    detail::reset_signals();
    char nothing = 0;
    if (::read(gate, &nothing, 1) != 0) ::_exit(1);
    time = seconds_of(work);
    ::_exit(0);
  }

  std::vector<pid_t> pids_;
};

}  // namespace

std::optional<double> seconds_per_work(std::size_t count, const std::function<void()>& work,
                                       const std::function<bool()>& goes_on) {
  shared_times times{count};
  spinner_children children;
  children.start(count, work, times);
  if (!children.all_ended(goes_on)) return std::nullopt;
  double rate = 0;
  for (std::size_t child = 0; child < count; ++child) rate += 1 / times[child];
  return 1 / rate;
}

double seconds_per_work(std::size_t count, const std::function<void()>& work) {
  return seconds_per_work(count, work, [] { return true; }).value();
}

}  // namespace yoke::bench
