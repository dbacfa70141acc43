#include "bench/programs/left_overs.hpp"

#include "sys/error.hpp"

#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <system_error>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke::bench {
namespace {

/// own_children are the children of this process and their states, 'Z' being dead. /proc/PID/task/TID/children would
/// say so at once, but few kernels have it.
std::map<pid_t, char> own_children() {
  std::map<pid_t, char> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc", ignored}) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr != name.data() + name.size()) continue;
    std::ifstream stat{entry.path() / "stat"};
    std::string text;
    std::getline(stat, text, '\0');  // an iterator would throw where the process has gone meanwhile
    const auto name_end = text.rfind(") ");
    if (name_end == text.npos || name_end + 4 >= text.size()) continue;
    pid_t parent = 0;
    std::from_chars(text.data() + name_end + 4, text.data() + text.size(), parent);
    if (parent == ::getpid()) found.emplace(pid, text[name_end + 2]);
  }
  return found;
}

}  // namespace

left_overs::left_overs() {
  ::prctl(PR_GET_CHILD_SUBREAPER, &adopted_before_);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  for (const auto& [pid, state] : own_children()) spared_.insert(pid);
}

left_overs::~left_overs() { ::prctl(PR_SET_CHILD_SUBREAPER, adopted_before_); }

std::size_t left_overs::end() {
  std::size_t running = 0;
  for (bool any = true; any;) {
    any = false;
    for (const auto& child : own_children()) {
      const pid_t pid = child.first;
      if (spared_.contains(pid)) continue;
      any = true;
      if (child.second != 'Z') ++running;
      ::kill(pid, SIGKILL);
      (void)detail::retry_on_interrupt([&] { return ::waitpid(pid, nullptr, 0); });
    }
  }
  return running;
}

}  // namespace yoke::bench
