// Mapping, touching and unmapping memory: threads of one process wait for each other's lock on its address space.
#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/item_work.hpp"

#include <new>

#include <sys/mman.h>

namespace yoke::bench {
namespace {

constexpr std::size_t length = std::size_t{2} << 20U;
constexpr std::size_t page = 4096;

std::uint64_t tasks(problem_size size) { return by_size<std::uint64_t>(size, 20, 200, 5000); }

std::uint64_t map_and_touch(problem_size /*size*/, std::uint64_t item) {
  void* const memory = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc{};
  ::madvise(memory, length, MADV_NOHUGEPAGE);  // where it is refused, pages are small anyway
  auto* const bytes = static_cast<volatile unsigned char*>(memory);
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < length; at += page) {
    bytes[at] = static_cast<unsigned char>(item);
    sum += bytes[at];
  }
  ::munmap(memory, length);
  return sum;
}

}  // namespace

workload page_faults() {
  return with_numbers({.name = "page_faults",
                       .summary = "2 MiB mapped, touched page by page and unmapped",
                       .family = "processes win",
                       .bound_by = "kernel bound"},
                      map_and_touch, tasks);
}

}  // namespace yoke::bench
