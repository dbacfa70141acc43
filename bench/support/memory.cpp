#include "bench/support/memory.hpp"

#include "bench/support/descendants.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

namespace yoke::bench {
namespace {

namespace fs = std::filesystem;

struct resident {
  double all = 0;
  double shared_memory = 0;
};

resident resident_of(pid_t process) {
  std::ifstream rollup{fmt::format("/proc/{}/smaps_rollup", process)};
  resident sizes;
  for (std::string name; rollup >> name;) {
    double kibibytes = 0;
    if (name == "Pss:" && rollup >> kibibytes) sizes.all = 1024 * kibibytes;
    if (name == "Pss_Shmem:" && rollup >> kibibytes) sizes.shared_memory = 1024 * kibibytes;
  }
  return sizes;
}

double segment_of(pid_t process) {
  double largest = 0;
  std::error_code gone;
  for (const auto& open : fs::directory_iterator{fmt::format("/proc/{}/fd", process), gone}) {
    if (!fs::read_symlink(open.path(), gone).string().starts_with("/memfd:yoke")) continue;
    struct stat file {};
    if (::stat(open.path().c_str(), &file) == 0)
      largest = std::max(largest, 512.0 * static_cast<double>(file.st_blocks));
  }
  return largest;
}

double peak_of(pid_t process) {
  std::ifstream status{fmt::format("/proc/{}/status", process)};
  double kibibytes = 0;
  for (std::string word; status >> word;) {
    if (word == "VmHWM:" && status >> kibibytes) break;
  }
  return 1024 * kibibytes;
}

/// Sums over processes and their descendants, but for one and those below it.
memory_use sum_over(std::vector<pid_t> left, pid_t except) {
  resident sum;
  double segment = 0;
  memory_use use;
  while (!left.empty()) {
    const pid_t process = left.back();
    left.pop_back();
    if (process == except) continue;
    const resident sizes = resident_of(process);
    sum.all += sizes.all;
    sum.shared_memory += sizes.shared_memory;
    segment = std::max(segment, segment_of(process));
    use.peak_resident += peak_of(process);
    const auto children = children_of(process);
    left.insert(left.end(), children.begin(), children.end());
  }
  use.proportional = sum.all + std::max(0.0, segment - sum.shared_memory);
  return use;
}

}  // namespace

double descendants_memory(pid_t except) { return sum_over(children_of(::getpid()), except).proportional; }

memory_use memory_of_tree(pid_t root) { return sum_over({root}, -1); }

}  // namespace yoke::bench
