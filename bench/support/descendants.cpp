#include "bench/support/descendants.hpp"

#include "sys/error.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/core.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace yoke::bench {

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  std::error_code gone;
  for (const auto& thread : std::filesystem::directory_iterator{fmt::format("/proc/{}/task", parent), gone}) {
    std::ifstream list{thread.path() / "children"};
    for (pid_t child = 0; list >> child;) children.push_back(child);
  }
  return children;
}

void adopt_orphans() { detail::check(::prctl(PR_SET_CHILD_SUBREAPER, 1), "prctl(PR_SET_CHILD_SUBREAPER)"); }

double descendants_cpu_time() {
  double nanoseconds = 0;
  std::vector<pid_t> left = children_of(::getpid());
  while (!left.empty()) {
    const pid_t process = left.back();
    left.pop_back();
    std::ifstream schedule{fmt::format("/proc/{}/schedstat", process)};
    double ran = 0;
    if (schedule >> ran) nanoseconds += ran;
    const auto children = children_of(process);
    left.insert(left.end(), children.begin(), children.end());
  }
  return nanoseconds / 1e9;
}

}  // namespace yoke::bench
