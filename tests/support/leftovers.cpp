#include "support/leftovers.hpp"

#include "support/process_marker.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>
#include <thread>

#include <dirent.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke_test {
namespace {

namespace fs = std::filesystem;

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  std::error_code gone;
  for (fs::directory_iterator entry(folder, gone), end; !gone && entry != end; entry.increment(gone)) {
    names.insert(entry->path().filename());
  }
  return names;
}

std::map<std::string, std::string> open_descriptors() {
  std::map<std::string, std::string> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/fd"), closedir);
  if (!folder) return found;
  const std::string own = std::to_string(dirfd(folder.get()));
  while (const dirent* entry = readdir(folder.get())) {
    if (entry->d_name[0] == '.' || entry->d_name == own) continue;
    std::error_code gone;
    found.emplace(entry->d_name, fs::read_symlink(std::string("/proc/self/fd/") + entry->d_name, gone).string());
  }
  return found;
}

/// A child that ended and was not waited for counts.
bool has_children() {
  siginfo_t info{};
  return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 || errno != ECHILD;
}

std::string name_of(int pid) {
  std::ifstream file(fmt::format("/proc/{}/comm", pid));
  std::string name;
  std::getline(file, name);
  return name.empty() ? "gone meanwhile" : name;
}

std::string temporary_folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr ? folder : "/tmp";
}

void report_new(std::string& text, const char* what, const std::set<std::string>& before,
                const std::set<std::string>& now) {
  for (const std::string& name : now) {
    if (!before.contains(name)) text += fmt::format("  {} {}\n", what, name);
  }
}

}  // namespace

leftovers::leftovers() : first_(take()) {}

leftovers::stock leftovers::take() {
  stock now;
  process_list branded;
  find_branded(branded);
  now.processes.insert(branded.pids, branded.pids + branded.size);
  now.children = has_children();
  now.threads = names_in("/proc/self/task");
  now.descriptors = open_descriptors();
  now.shared_memory = names_in("/dev/shm");
  now.temporary_files = names_in(temporary_folder());
  return now;
}

std::string leftovers::difference(const stock& now) const {
  std::string text;
  for (const int pid : now.processes) {
    if (!first_.processes.contains(pid)) text += fmt::format("  process {} ({})\n", pid, name_of(pid));
  }
  if (now.children && !first_.children) text += "  a child process, alive or not waited for\n";
  for (const auto& [number, target] : now.descriptors) {
    const auto before = first_.descriptors.find(number);
    if (before == first_.descriptors.end()) text += fmt::format("  descriptor {} -> {}\n", number, target);
  }
  for (const auto& [number, target] : first_.descriptors) {
    if (!now.descriptors.contains(number)) text += fmt::format("  descriptor {} -> {} was closed\n", number, target);
  }
  report_new(text, "thread", first_.threads, now.threads);
  report_new(text, "shared memory /dev/shm/", first_.shared_memory, now.shared_memory);
  report_new(text, "file in $TMPDIR:", first_.temporary_files, now.temporary_files);
  return text;
}

std::string leftovers::since(std::chrono::milliseconds patience) const {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    std::string text = difference(take());
    if (text.empty() || std::chrono::steady_clock::now() >= deadline) return text;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

void leftovers::end_new_processes() const {
  for (const int pid : take().processes) {
    if (!first_.processes.contains(pid)) kill(pid, SIGKILL);
  }
}

}  // namespace yoke_test
