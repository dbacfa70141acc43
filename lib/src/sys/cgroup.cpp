#include "sys/cgroup.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <utility>

namespace yoke::detail {

std::string read_text_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::vector<std::string> split_text(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(std::move(part));
  return parts;
}

namespace {

namespace fs = std::filesystem;
using version = cgroup_place::version;

struct group {
  version which;
  std::string path;  // as /proc/self/cgroup names it
};

struct mount {
  version which;
  std::string root;   // the group that is seen at the mount point
  std::string point;  // where in the file system
};

bool lists(const std::string& names, std::string_view name) {
  const auto parts = split_text(names, ',');
  return std::find(parts.begin(), parts.end(), name) != parts.end();
}

// Lines of "id:controllers:path"; version 2 has id 0 and no controllers.
std::vector<group> read_groups(std::string_view controller, const fs::path& root) {
  std::vector<group> groups;
  for (const std::string& line : split_text(read_text_file(root / "proc/self/cgroup"), '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    std::string path = line.substr(second + 1);
    if (controllers.empty()) {
      groups.push_back({version::two, std::move(path)});
    } else if (lists(controllers, controller)) {
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
std::vector<mount> read_mounts(std::string_view controller, const fs::path& root) {
  std::vector<mount> mounts;
  for (const std::string& line : split_text(read_text_file(root / "proc/self/mountinfo"), '\n')) {
    const auto fields = split_text(line, ' ');
    const auto dash = std::find(fields.begin(), fields.end(), "-");
    if (dash - fields.begin() < 6 || fields.end() - dash < 4) continue;
    if (dash[1] == "cgroup2") {
      mounts.push_back({version::two, unescape(fields[3]), unescape(fields[4])});
    } else if (dash[1] == "cgroup" && lists(dash[3], controller)) {
      mounts.push_back({version::one, unescape(fields[3]), unescape(fields[4])});
    }
  }
  return mounts;
}

}  // namespace

std::vector<cgroup_place> cgroups_with(std::string_view controller, const fs::path& root) {
  std::vector<cgroup_place> places;
  const auto mounts = read_mounts(controller, root);
  for (const group& where : read_groups(controller, root)) {
    std::vector<cgroup_place> certain;
    std::vector<cgroup_place> guessed;
    for (const mount& mounted : mounts) {
      if (mounted.which != where.which) continue;
      const fs::path point = root / fs::path(mounted.point).relative_path();
      fs::path below = fs::path(where.path).lexically_relative(mounted.root);
      if (below.empty() || *below.begin() == "..") {
        guessed.push_back({where.which, point, {}});
      } else {
        certain.push_back({where.which, point, std::move(below)});
      }
    }
    const auto& found = certain.empty() ? guessed : certain;
    places.insert(places.end(), found.begin(), found.end());
  }
  return places;
}

}  // namespace yoke::detail
