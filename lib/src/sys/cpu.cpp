#include "sys/cpu.hpp"

#include <yoke/cpu.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <sched.h>
#include <unistd.h>

namespace yoke {

namespace detail {

namespace {

namespace fs = std::filesystem;

enum class version { one, two };

struct group {
  version which;
  std::string path;  // as /proc/self/cgroup names it
};

struct mount {
  version which;
  std::string root;   // the group that is seen at the mount point
  std::string point;  // where in the file system
};

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(std::move(part));
  return parts;
}

bool lists_cpu(const std::string& names) {
  const auto parts = split(names, ',');
  return std::find(parts.begin(), parts.end(), "cpu") != parts.end();
}

// Lines of "id:controllers:path"; version 2 has id 0 and no controllers.
std::vector<group> read_groups(const fs::path& root) {
  std::vector<group> groups;
  for (const std::string& line : split(read_file(root / "proc/self/cgroup"), '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    std::string path = line.substr(second + 1);
    if (controllers.empty()) {
      groups.push_back({version::two, std::move(path)});
    } else if (lists_cpu(controllers)) {
      groups.push_back({version::one, std::move(path)});
    }
  }
  return groups;
}

// mountinfo writes space, tab, newline and backslash as three octal digits.
std::string unescape(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    if (text[i] == '\\' && i + 3 < text.size() &&
        std::from_chars(&text[i + 1], &text[i + 1] + 3, code, 8).ptr == &text[i + 1] + 3) {
      result += static_cast<char>(code);
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

// "id parent device root point options [tags...] - type source super-options"
std::vector<mount> read_mounts(const fs::path& root) {
  std::vector<mount> mounts;
  for (const std::string& line : split(read_file(root / "proc/self/mountinfo"), '\n')) {
    const auto fields = split(line, ' ');
    const auto dash = std::find(fields.begin(), fields.end(), "-");
    if (dash - fields.begin() < 6 || fields.end() - dash < 4) continue;
    if (dash[1] == "cgroup2") {
      mounts.push_back({version::two, unescape(fields[3]), unescape(fields[4])});
    } else if (dash[1] == "cgroup" && lists_cpu(dash[3])) {
      mounts.push_back({version::one, unescape(fields[3]), unescape(fields[4])});
    }
  }
  return mounts;
}

std::optional<double> to_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const bool is_number = error == std::errc{} && rest.find_first_not_of(" \n") == std::string_view::npos;
  if (!is_number || !std::isfinite(value) || value <= 0) return std::nullopt;
  return value;
}

std::optional<double> quota_at(version which, const fs::path& directory) {
  std::optional<double> quota;
  std::optional<double> period;
  if (which == version::two) {
    const auto words = split(read_file(directory / "cpu.max"), ' ');
    if (words.empty()) return std::nullopt;
    quota = to_number(words[0]);
    period = words.size() > 1 ? to_number(words[1]) : 100000.0;
  } else {
    quota = to_number(read_file(directory / "cpu.cfs_quota_us"));
    period = to_number(read_file(directory / "cpu.cfs_period_us"));
  }
  if (!quota || !period) return std::nullopt;
  return *quota / *period;
}

void tighten(std::optional<double>& limit, std::optional<double> other) {
  if (other && (!limit || *other < *limit)) limit = other;
}

std::optional<double> quota_below(version which, const fs::path& mount_point, const fs::path& relative) {
  std::optional<double> limit = quota_at(which, mount_point);
  fs::path directory = mount_point;
  for (const fs::path& part : relative) {
    directory /= part;
    tighten(limit, quota_at(which, directory));
  }
  return limit;
}

std::optional<double> quota_of(const group& where, const std::vector<mount>& mounts, const fs::path& root) {
  std::optional<double> limit;
  std::optional<double> guess;
  bool found = false;
  for (const mount& mounted : mounts) {
    if (mounted.which != where.which) continue;
    const fs::path point = root / fs::path(mounted.point).relative_path();
    const fs::path relative = fs::path(where.path).lexically_relative(mounted.root);
    if (relative.empty() || *relative.begin() == "..") {
      tighten(guess, quota_at(where.which, point));
    } else {
      tighten(limit, quota_below(where.which, point, relative));
      found = true;
    }
  }
  // From inside a namespace a group may seem to lie outside of what is mounted: then what is seen there is its own.
  return found ? limit : guess;
}

}  // namespace

std::size_t cpus_in_affinity_mask() {
  // The kernel's mask may be larger than cpu_set_t; it answers EINVAL until there is room.
  for (std::size_t cpus = CPU_SETSIZE; cpus <= std::size_t{1} << 20; cpus *= 2) {
    const std::size_t bytes = CPU_ALLOC_SIZE(cpus);
    std::vector<cpu_set_t> mask((bytes + sizeof(cpu_set_t) - 1) / sizeof(cpu_set_t));
    if (::sched_getaffinity(0, bytes, mask.data()) == 0) {
      return static_cast<std::size_t>(std::max(1, CPU_COUNT_S(bytes, mask.data())));
    }
    if (errno != EINVAL) break;
  }
  return static_cast<std::size_t>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
}

std::optional<std::size_t> cpus_in_quota(const fs::path& root) {
  std::optional<double> limit;
  const auto mounts = read_mounts(root);
  for (const group& where : read_groups(root)) tighten(limit, quota_of(where, mounts, root));
  if (!limit || *limit > 1e6) return std::nullopt;
  return static_cast<std::size_t>(std::max(1.0, std::ceil(*limit)));
}

}  // namespace detail

inline namespace v0 {

std::size_t usable_cpus() {
  const std::size_t allowed = detail::cpus_in_affinity_mask();
  return std::min(allowed, detail::cpus_in_quota().value_or(allowed));
}

}  // namespace v0

}  // namespace yoke
