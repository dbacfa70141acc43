#include "workers/lane_groups.hpp"

#include "sys/clock.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string_view>
#include <system_error>

namespace yoke::detail {
namespace {

namespace fs = std::filesystem;

// The supervisor looks every 20 ms and ends what is over twice the limit. The kernel's own limit is for what grows
// faster than that: far enough above not to hit anybody whose results are large.
constexpr std::uint64_t far_above = 4;
constexpr std::uint64_t room_for_results = std::uint64_t{1} << 30;
constexpr std::string_view prefix = "yoke-";
constexpr timespec pause{0, 2'000'000};

/// When a process began, in clock ticks since the machine did; 0 where none is alive. With its number it is a name that
/// is never used again.
std::uint64_t birth_of(pid_t process) {
  const std::string stat = read_text_file("/proc/" + std::to_string(process) + "/stat");
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return 0;
  const auto fields = split_text(stat.substr(name_end + 1), ' ');  // the first is empty, the second is field 3
  constexpr std::size_t state = 3 - 2;
  constexpr std::size_t birth = 22 - 2;
  std::uint64_t ticks = 0;
  if (fields.size() <= birth || fields[state] == "Z" || fields[state] == "X") return 0;
  std::from_chars(fields[birth].data(), fields[birth].data() + fields[birth].size(), ticks);
  return ticks;
}

std::string mark_of(pid_t guardian) {
  return std::string{prefix} + std::to_string(guardian) + '-' + std::to_string(birth_of(guardian)) + '-';
}

std::vector<fs::path> groups_in(const group_home& home, std::string_view mark) {
  std::vector<fs::path> found;
  std::error_code failed;
  for (fs::directory_iterator each{home.directory, failed}, end; !failed && each != end; each.increment(failed)) {
    if (each->path().filename().native().starts_with(mark)) found.push_back(each->path());
  }
  return found;
}

/// is_stale is true of "yoke-PID-BIRTH-LANE" where no such process lives.
bool is_stale(std::string_view name) {
  name.remove_prefix(prefix.size());
  pid_t pid = 0;
  std::uint64_t birth = 0;
  const auto [dash, bad_pid] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (bad_pid != std::errc{} || dash == name.data() + name.size() || *dash != '-') return false;
  const auto [rest, bad_birth] = std::from_chars(dash + 1, name.data() + name.size(), birth);
  if (bad_birth != std::errc{} || rest == name.data() + name.size() || *rest != '-') return false;
  return birth_of(pid) != birth;
}

}  // namespace

void remove_stale_groups(const group_home& home) {
  for (const fs::path& group : groups_in(home, prefix)) {
    // A process that is not seen from here may live all the same, in another container. Then its groups are made anew.
    if (is_stale(group.filename().native())) memory_group{home.which, group}.remove();
  }
}

lane_groups::lane_groups(pid_t guardian, std::size_t lanes, std::uint64_t memory)
    : least_{far_above * std::min(memory, ~std::uint64_t{0} / (2 * far_above)) + room_for_results}, lanes_(lanes) {
  const auto home = find_group_home();
  if (!home) return;
  remove_stale_groups(*home);
  const std::string mark = mark_of(guardian);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    if (auto group = memory_group::make(*home, mark + std::to_string(lane), least_)) {
      lanes_[lane].emplace(limited{std::move(*group), least_});
    }
  }
}

std::uint64_t lane_groups::used(std::size_t lane) {
  limited& each = *lanes_[lane];
  const group_usage held = each.group.used();
  if (held.shared > each.limit - least_ + room_for_results / 4) {
    each.limit = least_ + held.shared + room_for_results;
    each.group.limit_to(each.limit);
  }
  return held.own;
}

void lane_groups::sweep(pid_t guardian, std::chrono::nanoseconds at_most) {
  const auto home = find_group_home();
  if (!home) return;
  const std::string mark = mark_of(guardian);
  for (const auto end = monotonic_now() + at_most;;) {
    bool all_gone = true;
    for (const fs::path& each : groups_in(*home, mark)) {
      const memory_group group{home->which, each};
      if (group.remove()) continue;
      group.kill();
      all_gone = false;
    }
    if (all_gone || monotonic_now() >= end) return;
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr);
  }
}

}  // namespace yoke::detail
