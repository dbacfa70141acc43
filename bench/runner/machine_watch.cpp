#include "bench/runner/machine_watch.hpp"

#include "sys/cgroup.hpp"
#include "sys/error.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace yoke::bench {
namespace {

namespace fs = std::filesystem;

enum : std::size_t { user, nice, system, idle, iowait, irq, softirq, steal, fields };

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

double own_cpu_time() {
  double sum = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    if (::getrusage(who, &used) == 0) sum += seconds(used.ru_utime) + seconds(used.ru_stime);
  }
  return sum;
}

/// The share of the last ten seconds in which somebody waited for a resource.
double pressure(const fs::path& file) {
  const std::string text = detail::read_text_file(file);
  const std::string key = "some avg10=";
  const auto at = text.find(key);
  return at == std::string::npos ? unknown : std::stod(text.substr(at + key.size())) / 100;
}

double first_number(const fs::path& file) {
  std::ifstream in{file};
  double number = unknown;
  return in >> number ? number : unknown;
}

/// Times the control group was throttled, of version 1 or 2.
double throttled(const fs::path& root) {
  double sum = unknown;
  for (const auto& group : detail::cgroups_with("cpu", root)) {
    std::istringstream stat{detail::read_text_file(group.own() / "cpu.stat")};
    std::string name;
    for (double value = 0; stat >> name >> value;) {
      if (name == "nr_throttled") sum = std::isnan(sum) ? value : sum + value;
    }
  }
  return sum;
}

}  // namespace

std::vector<int> allowed_cpus() {
  // The mask may have more CPUs than a cpu_set_t has room for.
  std::vector<cpu_set_t> mask(64);
  const std::size_t bytes = mask.size() * sizeof(cpu_set_t);
  detail::check(::sched_getaffinity(0, bytes, mask.data()), "sched_getaffinity");
  std::vector<int> cpus;
  for (int cpu = 0; cpu < static_cast<int>(8 * bytes); ++cpu) {
    if (CPU_ISSET_S(static_cast<std::size_t>(cpu), bytes, mask.data())) cpus.push_back(cpu);
  }
  return cpus;
}

machine_watch::machine_watch(const std::vector<int>& cpus, fs::path root)
    : cpus_{cpus}, root_{std::move(root)}, begun_{read()} {}

machine_watch::reading machine_watch::read() const {
  reading now{.when = std::chrono::steady_clock::now()};
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  std::istringstream stat{detail::read_text_file(root_ / "proc/stat")};
  for (std::string line; std::getline(stat, line);) {
    if (!line.starts_with("cpu") || line.starts_with("cpu ")) continue;
    std::istringstream words{line.substr(3)};
    int cpu = -1;
    std::array<double, fields> spent{};
    words >> cpu;
    for (double& field : spent) words >> field;
    if (std::ranges::find(cpus_, cpu) == cpus_.end()) continue;
    now.known = true;
    now.steal += spent[steal] / ticks;
    for (const std::size_t field : {user, nice, system, irq, softirq}) now.busy += spent[field] / ticks;
  }
  now.own = own_cpu_time();
  return now;
}

disturbance machine_watch::so_far() const {
  const reading now = read();
  if (!begun_.known || !now.known) return {};
  const std::chrono::duration<double> passed = now.when - begun_.when;
  const double capacity = std::max(1e-9, passed.count() * static_cast<double>(cpus_.size()));
  const double foreign = (now.busy - begun_.busy) - (now.own - begun_.own);
  return {.steal = std::clamp((now.steal - begun_.steal) / capacity, 0.0, 1.0),
          .foreign = std::clamp(foreign / capacity, -1.0, 1.0)};
}

machine_state state_of_machine(const std::vector<int>& cpus, std::chrono::milliseconds time, const fs::path& root) {
  const machine_watch watch{cpus, root};
  std::this_thread::sleep_for(time);
  const disturbance seen = watch.so_far();
  return {.load = first_number(root / "proc/loadavg"),
          .steal = seen.steal,
          .foreign = seen.foreign < 0 ? 0 : seen.foreign,
          .cpu_pressure = pressure(root / "proc/pressure/cpu"),
          .memory_pressure = pressure(root / "proc/pressure/memory"),
          .io_pressure = pressure(root / "proc/pressure/io"),
          .throttled = throttled(root)};
}

}  // namespace yoke::bench
