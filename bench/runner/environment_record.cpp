#include "bench/runner/environment_record.hpp"

#include <yoke/cpu.hpp>
#include <yoke/version.hpp>

#include "bench/runner/machine_watch.hpp"
#include "revision.hpp"
#include "sys/cgroup.hpp"
#include "sys/cpu.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <sys/utsname.h>

namespace yoke::bench {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& file) {
  std::ifstream in{file};
  std::string line;
  std::getline(in, line);
  return line;
}

double number_in(const fs::path& file) {
  std::ifstream in{file};
  double number = unknown;
  return in >> number ? number : unknown;
}

/// The value of a line "name : value" of /proc/cpuinfo or /proc/meminfo, the first of its name.
std::string line_value(const fs::path& file, const std::string& name) {
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || !line.starts_with(name)) continue;
    const auto begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? std::string{} : line.substr(begin);
  }
  return {};
}

fs::path cpu_folder(const fs::path& root, int cpu) {
  return root / "sys/devices/system/cpu" / fmt::format("cpu{}", cpu);
}

/// How many CPUs a list like "0-3,8" names.
double count_of_list(const std::string& list) {
  double count = 0;
  for (const std::string& part : detail::split_text(list, ',')) {
    const auto bounds = detail::split_text(part, '-');
    if (bounds.empty() || bounds.front().empty()) continue;
    count += bounds.size() == 2 ? std::stod(bounds[1]) - std::stod(bounds[0]) + 1 : 1;
  }
  return count > 0 ? count : unknown;
}

double size_in_bytes(const std::string& text) {
  if (text.empty()) return unknown;
  const double number = std::stod(text);
  return text.ends_with('K') ? number * 1024 : text.ends_with('M') ? number * 1024 * 1024 : number;
}

std::vector<cpu_cache> caches_of(const fs::path& root, int cpu) {
  std::vector<cpu_cache> caches;
  for (int index = 0;; ++index) {
    const fs::path folder = cpu_folder(root, cpu) / "cache" / fmt::format("index{}", index);
    std::string kind = first_line(folder / "type");
    if (kind.empty()) return caches;
    std::ranges::transform(kind, kind.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    caches.push_back({.level = static_cast<int>(number_in(folder / "level")),
                      .kind = kind,
                      .bytes = size_in_bytes(first_line(folder / "size")),
                      .shared_by = count_of_list(first_line(folder / "shared_cpu_list"))});
  }
}

void look_at_cpus(const fs::path& root, environment& found) {
  std::set<std::pair<std::string, std::string>> cores;
  for (const int cpu : found.allowed_cpus) {
    const fs::path topology = cpu_folder(root, cpu) / "topology";
    const std::string core = first_line(topology / "core_id");
    if (!core.empty()) cores.emplace(first_line(topology / "physical_package_id"), core);
  }
  if (!cores.empty()) found.physical_cores = static_cast<double>(cores.size());
  found.logical_cpus = count_of_list(first_line(root / "sys/devices/system/cpu/online"));
  found.numa_nodes = count_of_list(first_line(root / "sys/devices/system/node/online"));
  if (found.allowed_cpus.empty()) return;
  const int first = found.allowed_cpus.front();
  found.threads_per_core = count_of_list(first_line(cpu_folder(root, first) / "topology/thread_siblings_list"));
  found.caches = caches_of(root, first);
  found.governor = first_line(cpu_folder(root, first) / "cpufreq/scaling_governor");
}

/// A hypervisor shows itself in the CPU's flags; its name in the firmware's tables, or not at all.
std::string hypervisor(const fs::path& root) {
  if ((line_value(root / "proc/cpuinfo", "flags") + ' ').find(" hypervisor ") == std::string::npos) return {};
  const std::string product = first_line(root / "sys/class/dmi/id/product_name");
  const std::string vendor = first_line(root / "sys/class/dmi/id/sys_vendor");
  const std::string type = first_line(root / "sys/hypervisor/type");
  if (!type.empty()) return type;
  if (!vendor.empty() || !product.empty()) return fmt::format("{} {}", vendor, product);
  return "unnamed";
}

}  // namespace

environment environment_record(const fs::path& root) {
  environment found;
  try {
    found.allowed_cpus = allowed_cpus();
  } catch (const std::system_error&) {
    found.allowed_cpus.clear();
  }
  look_at_cpus(root, found);
  found.cpu_model = line_value(root / "proc/cpuinfo", "model name");
  found.usable_cpus = static_cast<double>(yoke::usable_cpus());
  if (const auto quota = detail::cpus_in_quota(root)) found.quota_cpus = static_cast<double>(*quota);
  const std::string memory = line_value(root / "proc/meminfo", "MemTotal");
  if (!memory.empty()) found.memory_bytes = 1024 * std::stod(memory);
  found.hypervisor = hypervisor(root);
  utsname name{};
  if (::uname(&name) == 0) {
    found.kernel = fmt::format("{} {}", name.sysname, name.release);
    found.architecture = name.machine;
  }
  found.libc = fmt::format("glibc {}", ::gnu_get_libc_version());
  found.compiler = YOKE_COMPILER;
  found.compiler_flags = YOKE_COMPILER_FLAGS;
  found.build_type = YOKE_BUILD_TYPE;
  found.revision = YOKE_REVISION;
  found.yoke_version = yoke::version;
  return found;
}

}  // namespace yoke::bench
