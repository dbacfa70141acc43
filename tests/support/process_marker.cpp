#include "support/process_marker.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace yoke_test {
namespace {

constexpr std::string_view key = "YOKE_TEST_RUN=";
char brand[64];

/// From here to find_branded only what is safe in a signal handler: no allocation, no streams, no opendir.
std::size_t read_all(const char* path, char* buffer, std::size_t capacity) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  std::size_t size = 0;
  while (size < capacity) {
    const ssize_t got = read(fd, buffer + size, capacity - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  close(fd);
  return size;
}

bool carries_brand(pid_t pid) {
  static char environment[128 * 1024];
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%d/environ", pid);
  const std::size_t size = read_all(path, environment, sizeof environment);
  return std::string_view(environment, size).find(brand) != std::string_view::npos;
}

}  // namespace

void brand_this_process(char** argv) {
  if (const char* value = std::getenv("YOKE_TEST_RUN")) {
    std::snprintf(brand, sizeof brand, "%.*s%s", static_cast<int>(key.size()), key.data(), value);
    return;
  }
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  std::snprintf(brand, sizeof brand, "%.*s%d-%lld.%09ld;", static_cast<int>(key.size()), key.data(), getpid(),
                static_cast<long long>(now.tv_sec), now.tv_nsec);
  std::vector<char*> environment{brand};
  for (char** entry = environ; *entry != nullptr; ++entry) environment.push_back(*entry);
  environment.push_back(nullptr);
  char self[4096] = "";
  if (readlink("/proc/self/exe", self, sizeof self - 1) > 0) execve(self, argv, environment.data());
  std::perror("cannot execute this program again to mark its test run");
  std::exit(2);
}

pid_t first_process() {
  const char* const value = std::getenv("YOKE_TEST_RUN");
  return value == nullptr ? getpid() : static_cast<pid_t>(std::strtol(value, nullptr, 10));
}

void find_branded(process_list& found) {
  found.size = 0;
  const int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (proc < 0) return;
  alignas(dirent64) static char entries[32 * 1024];
  for (;;) {
    const ssize_t bytes = getdents64(proc, entries, sizeof entries);
    if (bytes <= 0) break;
    for (ssize_t at = 0; at < bytes;) {
      const auto* entry = reinterpret_cast<const dirent64*>(entries + at);
      at += entry->d_reclen;
      const auto pid = static_cast<pid_t>(std::strtol(entry->d_name, nullptr, 10));
      if (pid <= 0 || pid == getpid() || found.size == process_list::capacity) continue;
      if (carries_brand(pid)) found.pids[found.size++] = pid;
    }
  }
  close(proc);
}

}  // namespace yoke_test
