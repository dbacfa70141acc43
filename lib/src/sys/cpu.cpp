#include "sys/cpu.hpp"

#include <yoke/cpu.hpp>

#include "sys/cgroup.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
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

using version = cgroup_place::version;

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
    const auto words = split_text(read_text_file(directory / "cpu.max"), ' ');
    if (words.empty()) return std::nullopt;
    quota = to_number(words[0]);
    period = words.size() > 1 ? to_number(words[1]) : 100000.0;
  } else {
    quota = to_number(read_text_file(directory / "cpu.cfs_quota_us"));
    period = to_number(read_text_file(directory / "cpu.cfs_period_us"));
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
  for (const cgroup_place& place : cgroups_with("cpu", root)) {
    tighten(limit, quota_below(place.which, place.mount, place.below));
  }
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
