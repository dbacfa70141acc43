#include "sys/thread_usage.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <string_view>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

constexpr std::chrono::milliseconds between_looks{1};

std::chrono::nanoseconds of(const timeval& time) {
  return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
}

std::chrono::nanoseconds thread_clock() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

std::uint64_t since(std::uint64_t now, std::uint64_t before) { return now > before ? now - before : 0; }

/// A task may have closed the descriptor, and opened a file of its own by that number: only numbers are believed.
std::chrono::nanoseconds second_number(std::string_view text) {
  const std::size_t at = text.find(' ');
  if (at == std::string_view::npos) return {};
  std::int64_t wait = 0;
  std::from_chars(text.data() + at + 1, text.data() + text.size(), wait);
  return std::chrono::nanoseconds{wait};
}

}  // namespace

thread_usage thread_usage::minus(const thread_usage& before) const {
  return {.user = user - before.user,
          .system = system - before.system,
          .run_queue_wait = run_queue_wait - before.run_queue_wait,
          .voluntary_switches = since(voluntary_switches, before.voluntary_switches),
          .involuntary_switches = since(involuntary_switches, before.involuntary_switches),
          .minor_faults = since(minor_faults, before.minor_faults),
          .major_faults = since(major_faults, before.major_faults),
          .peak_memory = peak_memory};
}

void thread_usage::add(const thread_usage& other) {
  user += other.user;
  system += other.system;
  run_queue_wait += other.run_queue_wait;
  voluntary_switches += other.voluntary_switches;
  involuntary_switches += other.involuntary_switches;
  minor_faults += other.minor_faults;
  major_faults += other.major_faults;
  peak_memory = std::max(peak_memory, other.peak_memory);
}

thread_usage usage_meter::read(std::chrono::nanoseconds now) {
  // The thread's clock is exact; what getrusage says was up to date at the last tick, and splits it.
  rusage used{};
  ::getrusage(RUSAGE_THREAD, &used);
  const auto total = thread_clock();
  if (now - last_look_ >= between_looks) {
    last_look_ = now;
    read_run_queue_wait();
  }
  thread_usage result;
  result.system = std::min(of(used.ru_stime), total);
  result.user = total - result.system;
  result.run_queue_wait = run_queue_wait_;
  result.voluntary_switches = static_cast<std::uint64_t>(used.ru_nvcsw);
  result.involuntary_switches = static_cast<std::uint64_t>(used.ru_nivcsw);
  result.minor_faults = static_cast<std::uint64_t>(used.ru_minflt);
  result.major_faults = static_cast<std::uint64_t>(used.ru_majflt);
  result.peak_memory = static_cast<std::uint64_t>(used.ru_maxrss) * 1024;
  return result;
}

void usage_meter::read_run_queue_wait() {
  if (!tried_) schedstat_.reset(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC));
  tried_ = true;
  if (!schedstat_) return;
  std::array<char, 96> text{};
  const ssize_t bytes = ::pread(schedstat_.get(), text.data(), text.size(), 0);
  if (bytes > 0)
    run_queue_wait_ = std::max(run_queue_wait_, second_number({text.data(), static_cast<std::size_t>(bytes)}));
}

}  // namespace yoke::detail
