#include "sys/memory_pressure.hpp"

#include "sys/cgroup.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>
#include <utility>

namespace yoke::detail {
namespace {

namespace fs = std::filesystem;
using version = cgroup_place::version;

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

/// The number that begins a text, or `otherwise`: version 2 writes "max" for none.
std::uint64_t number_in(std::string_view text, std::uint64_t otherwise) {
  std::uint64_t number = 0;
  return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc{} ? number : otherwise;
}

/// The number behind `name` in lines of "name number", or 0.
std::uint64_t named_number(std::string_view text, std::string_view name) {
  for (std::size_t line = 0; line < text.size(); line = text.find('\n', line) + 1) {
    std::string_view rest = text.substr(line);
    if (rest.starts_with(name)) {
      rest.remove_prefix(name.size());
      const std::size_t digits = rest.find_first_not_of(' ');
      if (digits != 0 && digits != std::string_view::npos) return number_in(rest.substr(digits), 0);
    }
    if (text.find('\n', line) == std::string_view::npos) break;
  }
  return 0;
}

std::uint64_t limit_at(version which, const fs::path& directory) {
  const char* const file = which == version::two ? "memory.max" : "memory.limit_in_bytes";
  return number_in(read_text_file(directory / file), no_limit);
}

/// The least that `of` finds in any of the groups that hold the calling process.
template <class Of>
std::uint64_t least_of_groups(const fs::path& root, Of of) {
  std::uint64_t least = no_limit;
  for (const cgroup_place& place : cgroups_with("memory", root)) {
    fs::path directory = place.mount;
    least = std::min(least, of(place.which, directory));
    for (const fs::path& part : place.below) {
      directory /= part;
      least = std::min(least, of(place.which, directory));
    }
  }
  return least;
}

std::uint64_t left_at(version which, const fs::path& directory) {
  const std::uint64_t limit = limit_at(which, directory);
  if (limit == no_limit) return no_limit;
  const char* const file = which == version::two ? "memory.current" : "memory.usage_in_bytes";
  const std::uint64_t used = number_in(read_text_file(directory / file), 0);
  const std::string parts = read_text_file(directory / "memory.stat");
  const std::uint64_t cache = named_number(parts, "inactive_file") + named_number(parts, "active_file");
  return limit - std::min(limit, used - std::min(used, cache));
}

}  // namespace

std::uint64_t memory_allowed(const fs::path& root) {
  const std::uint64_t kib = named_number(read_text_file(root / "proc/meminfo"), "MemTotal:");
  return std::min(kib == 0 ? no_limit : kib * 1024, least_of_groups(root, limit_at));
}

std::uint64_t memory_available(const fs::path& root) {
  const std::string machine = read_text_file(root / "proc/meminfo");
  const std::uint64_t kib = named_number(machine, "MemAvailable:") + named_number(machine, "SwapFree:");
  return std::min(kib == 0 ? no_limit : kib * 1024, least_of_groups(root, left_at));
}

oom_kills::oom_kills(std::chrono::nanoseconds now, const fs::path& root) : last_look_{now} {
  for (const cgroup_place& place : cgroups_with("memory", root)) {
    fs::path file = place.own() / (place.which == version::two ? "memory.events" : "memory.oom_control");
    if (read_text_file(file).find("oom_kill ") != std::string::npos) counters_.push_back({.path = std::move(file)});
  }
  // A group's count rises with each victim in it, whoever ran out of memory. The machine's rises with all others, too.
  if (counters_.empty()) counters_.push_back({.path = root / "proc/vmstat"});
  for (counter& one : counters_) one.before = one.last = oom_kills_in(one.path);
}

void oom_kills::look(std::chrono::nanoseconds now) {
  if (now < next_look()) return;
  last_look_ = now;
  for (counter& one : counters_) one.before = std::exchange(one.last, std::max(one.last, oom_kills_in(one.path)));
}

bool oom_kills::rose() const {
  return std::any_of(counters_.begin(), counters_.end(),
                     [](const counter& one) { return oom_kills_in(one.path) > one.before; });
}

std::uint64_t oom_kills_in(const fs::path& file) { return named_number(read_text_file(file), "oom_kill"); }

group_usage usage_in(const fs::path& file) {
  const std::string text = read_text_file(file);
  // Version 2 says "anon" what version 1 calls "rss".
  return {.own = std::max(named_number(text, "anon"), named_number(text, "rss")),
          .shared = named_number(text, "shmem")};
}

}  // namespace yoke::detail
