#include "workers/worker_limits.hpp"

#include "sys/file_descriptor.hpp"

#include <cerrno>
#include <cstdio>
#include <string>

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

/// The kernel's page counts of this process: total address space, resident, and resident shared with files.
struct page_counts {
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  std::uint64_t shared = 0;
};

page_counts read_pages(const char* path) {
  page_counts pages;
  const file_descriptor file{::open(path, O_RDONLY | O_CLOEXEC)};
  char text[128] = {};
  if (!file || ::read(file.get(), text, sizeof text - 1) <= 0) return pages;
  unsigned long total = 0;
  unsigned long resident = 0;
  unsigned long shared = 0;
  if (std::sscanf(text, "%lu %lu %lu", &total, &resident, &shared) == 3) pages = {total, resident, shared};
  return pages;
}

std::uint64_t page_bytes() { return static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)); }

std::uint64_t private_bytes(const page_counts& pages) {
  return pages.resident > pages.shared ? (pages.resident - pages.shared) * page_bytes() : 0;
}

constexpr const char* own_pages = "/proc/self/statm";
constexpr std::uint64_t addresses_per_byte = 4;  // programs reserve more than they touch

/// Room for the task beyond the address space that the worker was born with, most of which is the pool's segment.
void limit_address_space(std::uint64_t memory) {
  const rlim_t limit = read_pages(own_pages).total * page_bytes() + addresses_per_byte * memory;
  const rlimit both{limit, limit};
  ::setrlimit(RLIMIT_AS, &both);
}

void pin_to_one_cpu(std::uint32_t lane) {
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  auto turn = static_cast<int>(lane % static_cast<std::uint32_t>(CPU_COUNT(&allowed)));
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed) || turn-- > 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    ::sched_setaffinity(0, sizeof one, &one);
    return;
  }
}

void be_nice(int more) {
  errno = 0;  // -1 is a niceness, too
  const int now = ::getpriority(PRIO_PROCESS, 0);
  if (errno == 0) ::setpriority(PRIO_PROCESS, 0, now + more);
}

/// When memory runs out, a worker is a better victim than the program that waits for all of them.
void offer_to_oom_killer() {
  const file_descriptor score{::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)};
  if (score) static_cast<void>(::write(score.get(), "500", 3) == 3);
}

}  // namespace

void apply_limits(const worker_limits& limits, std::uint32_t lane, bool grouped) {
  offer_to_oom_killer();
  if (limits.pin) pin_to_one_cpu(lane);
  if (limits.nice != 0) be_nice(limits.nice);
  if (limits.memory != 0 && !grouped) limit_address_space(limits.memory);
}

std::uint64_t own_memory() { return private_bytes(read_pages(own_pages)); }

std::uint64_t private_memory_of(pid_t process) {
  return private_bytes(read_pages(("/proc/" + std::to_string(process) + "/statm").c_str()));
}

}  // namespace yoke::detail
