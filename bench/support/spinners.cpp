#include "bench/support/spinners.hpp"

#include "bench/support/rounds.hpp"
#include "sys/error.hpp"

#include <new>
#include <stdexcept>
#include <vector>

#include <sys/mman.h>
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

}  // namespace

double seconds_per_work(std::size_t count, const std::function<void()>& work) {
  shared_times times{count};
  int gate[2];
  detail::check(::pipe(gate), "pipe for the spinners' start");
  std::vector<pid_t> children;
  for (std::size_t child = 0; child < count; ++child) {
    const pid_t pid = detail::check(::fork(), "fork of a spinner");
    if (pid == 0) {
      ::close(gate[1]);
      char nothing = 0;
      if (::read(gate[0], &nothing, 1) != 0) ::_exit(1);
      times[child] = seconds_of(work);
      ::_exit(0);
    }
    children.push_back(pid);
  }
  ::close(gate[0]);
  ::close(gate[1]);  // the last writer's end: all children read end-of-file at the same time
  for (const pid_t pid : children) {
    int status = 0;
    if (::waitpid(pid, &status, 0) != pid || status != 0) throw std::runtime_error("a spinner failed");
  }
  double rate = 0;
  for (std::size_t child = 0; child < count; ++child) rate += 1 / times[child];
  return 1 / rate;
}

}  // namespace yoke::bench
