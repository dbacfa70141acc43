#include "map/input_set.hpp"

#include "common/command_error.hpp"
#include "common/standard_streams.hpp"
#include "sys/file_descriptor.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

namespace yoke::cli {
namespace {

// Below this a read costs less than a mapping; and the kernel allows 65530 mappings in all.
constexpr std::uint64_t worth_mapping = 256 * 1024;
constexpr std::size_t most_mappings = 4096;
constexpr std::size_t most_complaints = 10;

/// Files of /proc and their kin have sizes that mean nothing.
bool is_synthetic(const std::string& name) {
  struct statfs where {};
  if (::statfs(name.c_str(), &where) != 0) return false;
  switch (where.f_type) {
    case PROC_SUPER_MAGIC:
    case SYSFS_MAGIC:
    case DEBUGFS_MAGIC:
    case TRACEFS_MAGIC:
    case CGROUP_SUPER_MAGIC:
    case CGROUP2_SUPER_MAGIC:
      return true;
    default:
      return false;
  }
}

/// A name that leads through our own descriptors means something else in a worker.
bool is_own_descriptor(const std::string& name) { return name.starts_with("/dev/") || name.starts_with("/proc/"); }

std::string cure() {
  switch (errno) {
    case ENOENT:
      return "; check the name";
    case EACCES:
      return "; it is not readable for you";
    default:
      return {};
  }
}

}  // namespace

std::string shrank_message(const std::string& name) {
  return fmt::format("{} shrank while being read; run again when nobody writes to it", name);
}

input_set::input_set(const std::vector<std::string>& names) {
  std::string complaints;
  std::size_t bad = 0;
  inputs_.reserve(names.size());
  for (const std::string& name : names) {
    try {
      inputs_.push_back(check(name));
    } catch (const io_error& error) {
      if (++bad <= most_complaints) complaints += fmt::format("{}{}", complaints.empty() ? "" : "\n", error.what());
    }
  }
  if (bad > most_complaints)
    complaints += fmt::format("\nand {} inputs more that cannot be read", bad - most_complaints);
  if (bad != 0) throw io_error{complaints};
}

input_set::~input_set() {
  for (const input& each : inputs_) {
    if (each.mapping != nullptr) ::munmap(const_cast<std::byte*>(each.mapping), each.size);
  }
}

input input_set::check(const std::string& name) {
  struct stat now {};
  input found{.name = name};
  const bool is_stdin = name == "-";
  if (is_stdin && !stdin_is_readable())
    throw io_error{"standard input is closed; name a file, or give it something to read"};
  if ((is_stdin ? ::fstat(STDIN_FILENO, &now) : ::stat(name.c_str(), &now)) != 0) {
    throw io_error{fmt::format("{}: {}{}", found.label(), errno_text(), cure())};
  }
  if (S_ISDIR(now.st_mode)) {
    throw io_error{
        fmt::format("{}: Is a directory; name the files in it, such as {}/*", found.label(), is_stdin ? "." : name)};
  }
  if (S_ISSOCK(now.st_mode) && !is_stdin)
    throw io_error{fmt::format("{}: Is a socket; connect to it and pipe what it says", name)};
  if (!is_stdin && ::faccessat(AT_FDCWD, name.c_str(), R_OK, AT_EACCESS) != 0) {
    throw io_error{fmt::format("{}: {}{}", name, errno_text(), cure())};
  }
  if (is_stdin || !S_ISREG(now.st_mode) || now.st_size == 0 || is_synthetic(name)) {
    has_streams_ = has_streams_ || is_stdin || !S_ISREG(now.st_mode) || now.st_size != 0;
    return found;
  }
  found.how = input::way::by_name;
  found.size = static_cast<std::uint64_t>(now.st_size);
  found.device = now.st_dev;
  found.inode = now.st_ino;
  if (is_own_descriptor(name) || (found.size >= worth_mapping && mappings_ < most_mappings)) map(found);
  file_bytes_ += found.size;
  return found;
}

void input_set::map(input& file) {
  const detail::file_descriptor opened{::open(file.name.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat now {};
  if (!opened || ::fstat(opened.get(), &now) != 0)
    throw io_error{fmt::format("{}: {}{}", file.name, errno_text(), cure())};
  if (now.st_size == 0) throw io_error{shrank_message(file.name)};
  file.size = static_cast<std::uint64_t>(now.st_size);
  file.device = now.st_dev;
  file.inode = now.st_ino;
  void* const at = ::mmap(nullptr, file.size, PROT_READ, MAP_SHARED, opened.get(), 0);
  if (at == MAP_FAILED) return;  // a worker reads it by its name instead, or says why it cannot
  file.mapping = static_cast<const std::byte*>(at);
  file.how = input::way::mapped;
  ++mappings_;
}

bool input_set::reads(const std::string& name) const {
  struct stat other {};
  if (::stat(name.c_str(), &other) != 0 || !S_ISREG(other.st_mode)) return false;
  return std::ranges::any_of(inputs_, [&other](const input& each) {
    struct stat now {};
    const int found = each.name == "-" ? ::fstat(STDIN_FILENO, &now) : ::stat(each.name.c_str(), &now);
    return found == 0 && now.st_dev == other.st_dev && now.st_ino == other.st_ino;
  });
}

void input_set::check_sizes() const {
  for (const input& each : inputs_) {
    if (each.how != input::way::mapped) continue;
    struct stat now {};
    if (::stat(each.name.c_str(), &now) != 0 || now.st_dev != each.device || now.st_ino != each.inode) continue;
    if (static_cast<std::uint64_t>(now.st_size) < each.size) throw io_error{shrank_message(each.name)};
  }
}

}  // namespace yoke::cli
