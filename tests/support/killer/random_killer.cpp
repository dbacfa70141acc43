#include "support/killer/random_killer.hpp"

#include "sys/process.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace yoke_test {
namespace {

namespace fs = std::filesystem;

std::string folder_of(pid_t process) { return "/proc/" + std::to_string(process); }

std::string name_of(pid_t process) {
  std::ifstream file{folder_of(process) + "/comm"};
  std::string name;
  std::getline(file, name);
  return name;
}

/// holds_pidfd tells whether the process has a pidfd of `other`.
bool holds_pidfd(pid_t process, pid_t other) {
  std::error_code ignored;
  for (const fs::directory_entry& each : fs::directory_iterator{folder_of(process) + "/fdinfo", ignored}) {
    std::ifstream file{each.path()};
    for (std::string word; file >> word;) {
      pid_t pid = 0;
      if (word == "Pid:" && file >> pid && pid == other) return true;
    }
  }
  return false;
}

pid_t parent_of(pid_t process) {
  std::ifstream file{folder_of(process) + "/status"};
  pid_t parent = 0;
  for (std::string word; file >> word;) {
    if (word == "PPid:" && file >> parent) return parent;
  }
  return 0;
}

std::vector<pid_t> children_of(pid_t process) {
  std::ifstream file{folder_of(process) + "/task/" + std::to_string(process) + "/children"};
  std::vector<pid_t> found;
  for (pid_t child = 0; file >> child;) found.push_back(child);
  return found;
}

}  // namespace

random_killer::random_killer(pid_t coordinator, std::uint64_t seed) : random_{seed} {
  std::error_code ignored;
  for (const fs::directory_entry& each : fs::directory_iterator{"/proc", ignored}) {
    const std::string name = each.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const pid_t process = std::stoi(name);
    if (name_of(process) == "yoke-supervisor" && holds_pidfd(process, coordinator)) supervisors_.push_back(process);
  }
  // A worker just forked still looks like its supervisor.
  const std::vector<pid_t> all = supervisors_;
  std::erase_if(supervisors_, [&](pid_t each) { return std::ranges::find(all, parent_of(each)) != all.end(); });
}

bool random_killer::kill_one() {
  if (supervisors_.empty()) return false;
  const pid_t supervisor = supervisors_[random_() % supervisors_.size()];
  const std::vector<pid_t> workers = children_of(supervisor);
  if (workers.empty()) return false;
  const pid_t victim = workers[random_() % workers.size()];
  try {
    const yoke::detail::file_descriptor process = yoke::detail::pidfd_open(victim);
    return name_of(victim) == "yoke-worker" && yoke::detail::pidfd_send_signal(process.get(), SIGKILL);
  } catch (const std::system_error&) {
    return false;  // gone before it could be killed
  }
}

}  // namespace yoke_test
