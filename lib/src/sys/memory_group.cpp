#include "sys/memory_group.hpp"

#include "sys/error.hpp"
#include "sys/file_descriptor.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <sstream>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

namespace yoke::detail {
namespace {

namespace fs = std::filesystem;
using version = cgroup_place::version;

constexpr int most_kills = 8;  // rounds, where processes are killed one by one and may fork meanwhile

bool write_to(const fs::path& file, std::string_view text) {
  const file_descriptor opened{::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
  return opened && retry_on_interrupt([&] { return ::write(opened.get(), text.data(), text.size()); }) ==
                       static_cast<ssize_t>(text.size());
}

bool may_make_groups_in(const fs::path& group) {
  return ::access(group.c_str(), W_OK | X_OK) == 0 && ::access((group / "cgroup.procs").c_str(), W_OK) == 0;
}

bool hands_memory_on(const fs::path& group) {
  std::istringstream controllers{read_text_file(group / "cgroup.subtree_control")};
  for (std::string each; controllers >> each;) {
    if (each == "memory") return true;
  }
  return false;
}

bool is_delegated(const fs::path& group, uid_t self) {
  struct stat facts {};
  if (self != 0 && ::stat(group.c_str(), &facts) == 0 && facts.st_uid == self) return true;
  return std::ranges::any_of(std::array{"trusted.delegate", "user.delegate"}, [&](const char* mark) {
    char value = 0;
    return ::getxattr(group.c_str(), mark, &value, 1) == 1 && value == '1';
  });
}

bool has_no_limit(const fs::path& group) {
  return std::ranges::all_of(std::array{"memory.max", "memory.high", "memory.swap.max", "cpu.max"},
                             [&](const char* file) {
                               const std::string text = read_text_file(group / file);
                               return text.empty() || text.starts_with("max");
                             });
}

}  // namespace

std::optional<group_home> find_group_home(const fs::path& root, uid_t self) {
  for (const cgroup_place& place : cgroups_with("memory", root)) {
    const fs::path own = place.own().lexically_normal();
    const bool is_leaf = place.which == version::two && !hands_memory_on(own);
    if (!is_leaf && may_make_groups_in(own)) return group_home{place.which, own};
    if (!is_leaf || place.below.empty() || place.below == ".") continue;
    fs::path above = own.parent_path();
    if (hands_memory_on(above) && may_make_groups_in(above) && is_delegated(above, self) && has_no_limit(own)) {
      return group_home{place.which, std::move(above)};
    }
  }
  return std::nullopt;
}

std::optional<memory_group> memory_group::make(const group_home& home, const std::string& name, std::uint64_t bytes) {
  memory_group made{home.which, home.directory / name};
  if (::mkdir(made.directory_.c_str(), 0700) != 0) return std::nullopt;
  if (made.limit_to(bytes)) return made;
  static_cast<void>(made.remove());
  return std::nullopt;
}

bool memory_group::limit_to(std::uint64_t bytes) const {
  const std::string text = std::to_string(bytes);
  if (which_ == version::two) {
    // What follows makes the limit better, and not every kernel has it.
    static_cast<void>(write_to(directory_ / "memory.swap.max", "0"));
    static_cast<void>(write_to(directory_ / "memory.oom.group", "1"));
    return write_to(directory_ / "memory.max", text);
  }
  const fs::path memory = directory_ / "memory.limit_in_bytes";
  const fs::path with_swap = directory_ / "memory.memsw.limit_in_bytes";
  // Neither may be the higher one at any moment, whichever way they move.
  static_cast<void>(write_to(with_swap, text));
  const bool limited = write_to(memory, text);
  static_cast<void>(write_to(with_swap, text));
  return limited;
}

bool memory_group::join() const {
  // A lone thread is moved without the lock over all processes that moving a process takes.
  if (which_ == version::one && write_to(directory_ / "tasks", "0")) return true;
  return write_to(directory_ / "cgroup.procs", "0");
}

void memory_group::kill() const {
  const fs::path at_once = directory_ / "cgroup.kill";
  if (::access(at_once.c_str(), W_OK) == 0 && write_to(at_once, "1")) return;
  for (int round = 0; round < most_kills; ++round) {
    std::istringstream members{read_text_file(directory_ / "cgroup.procs")};
    bool any = false;
    for (pid_t pid = 0; members >> pid;) any = (pid > 1 && pid != ::getpid() && ::kill(pid, SIGKILL) == 0) || any;
    if (!any) return;
  }
}

bool memory_group::remove() const { return ::rmdir(directory_.c_str()) == 0 || errno == ENOENT; }

std::uint64_t memory_group::oom_kills() const {
  return oom_kills_in(directory_ / (which_ == version::two ? "memory.events" : "memory.oom_control"));
}

}  // namespace yoke::detail
