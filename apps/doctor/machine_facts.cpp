#include "doctor/machine_facts.hpp"

#include <yoke/cpu.hpp>

#include "common/command_error.hpp"
#include "common/memory.hpp"
#include "common/quantities.hpp"
#include "sys/file_descriptor.hpp"
#include "sys/memory_group.hpp"

#include <cstdint>
#include <fstream>

#include <fmt/format.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace yoke::cli {
namespace {

constexpr std::uint64_t little_memory = std::uint64_t{256} << 20;
constexpr rlim_t few_processes = 64;
constexpr rlim_t few_descriptors = 64;
constexpr rlim_t little_address_space = rlim_t{1} << 30;

std::string first_line(const char* path) {
  std::ifstream file{path};
  std::string line;
  std::getline(file, line);
  return line;
}

fact cpus() {
  const std::size_t usable = usable_cpus();
  const long online = ::sysconf(_SC_NPROCESSORS_ONLN);
  cpu_set_t mask;
  CPU_ZERO(&mask);
  const bool known = ::sched_getaffinity(0, sizeof mask, &mask) == 0;
  const auto allowed = known ? static_cast<std::size_t>(CPU_COUNT(&mask)) : usable;
  std::string finding = fmt::format("{} usable ({} online, {} by affinity mask", usable, online, allowed);
  finding += usable < allowed ? ", fewer by control group quota)" : ", no tighter control group quota)";
  return {"CPUs", finding, {}};
}

fact memory() {
  const auto total = memory_field("MemTotal");
  const auto available = memory_field("MemAvailable");
  if (!total || !available) return {"memory", "unknown: /proc/meminfo cannot be read", "mount /proc"};
  fact found{"memory", fmt::format("{} available of {}", size_text(*available), size_text(*total)), {}};
  if (*available < little_memory) found.advice = "little is left: use a smaller --block and -j";
  return found;
}

fact overcommit() {
  const std::string mode = first_line("/proc/sys/vm/overcommit_memory");
  if (mode == "2") {
    return {"overcommit", "strict (vm.overcommit_memory = 2)",
            "large sparse mappings are halved until they fit; all works"};
  }
  return {"overcommit", mode == "1" ? "always" : mode == "0" ? "usual" : "unknown", {}};
}

fact kernel() {
  struct utsname name {};
  if (::uname(&name) != 0) return {"kernel", "unknown: " + errno_text(), {}};
  return {"kernel", fmt::format("{} {} on {}", name.sysname, name.release, name.machine), {}};
}

fact shared_memory() {
  const detail::file_descriptor made{::memfd_create("yoke-doctor", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  if (!made) {
    return {"shared memory", "memfd_create fails: " + errno_text(),
            "processes cannot share memory here; use --backend thread"};
  }
  return {"shared memory", "memfd with seals", {}};
}

fact memory_groups() {
  if (const auto home = detail::find_group_home()) {
    return {"memory groups",
            fmt::format("version {} in {}", home->which == detail::cgroup_place::version::one ? 1 : 2,
                        home->directory.native()),
            {}};
  }
  // No advice: nothing is wrong, and limits on memory are kept otherwise.
  return {"memory groups", "cannot be made here: --memory-per-worker watches workers and limits their addresses", {}};
}

fact limit(const char* name, __rlimit_resource_t resource, rlim_t least, const char* advice) {
  struct rlimit now {};
  if (::getrlimit(resource, &now) != 0) return {name, "unknown: " + errno_text(), {}};
  if (now.rlim_cur == RLIM_INFINITY) return {name, "unlimited", {}};
  return {name, fmt::format("{}", now.rlim_cur), now.rlim_cur < least ? advice : ""};
}

}  // namespace

std::vector<fact> machine_facts() {
  return {
      cpus(),
      memory(),
      overcommit(),
      kernel(),
      shared_memory(),
      memory_groups(),
      limit("processes", RLIMIT_NPROC, few_processes, "few: workers may not start; raise it with ulimit -u"),
      limit("open files", RLIMIT_NOFILE, few_descriptors, "few: raise it with ulimit -n"),
      limit("address space", RLIMIT_AS, little_address_space, "tight: workers may not start; raise it with ulimit -v"),
      limit("file size", RLIMIT_FSIZE, little_address_space, "it limits shared memory too; raise it with ulimit -f")};
}

}  // namespace yoke::cli
