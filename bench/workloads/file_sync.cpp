#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"
#include "sys/error.hpp"
#include "sys/file_descriptor.hpp"

#include <array>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

namespace yoke::bench {
namespace {

std::uint64_t files(problem_size size) { return by_size<std::uint64_t>(size, 4, 40, 1000); }

const char* folder() {
  const char* const named = std::getenv("TMPDIR");
  return named != nullptr && *named != '\0' ? named : "/tmp";
}

/// The file has no name, so nothing is left of it.
std::uint64_t write_and_sync(problem_size /*size*/, std::uint64_t item) {
  const detail::file_descriptor file{
      detail::check(::open(folder(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600), "open of a file for fsync in $TMPDIR")};
  std::array<std::uint64_t, 512> page{};
  for (std::uint64_t& word : page) word = mixed(item++);
  detail::check(::write(file.get(), page.data(), sizeof page), "write of a file for fsync");
  detail::check(::fsync(file.get()), "fsync");
  return page.back();
}

}  // namespace

workload file_sync() {
  return with_numbers(
      {.name = "fsync", .summary = "a page written and synchronised with the disk", .family = "io", .bound_by = {}},
      write_and_sync, files, sending::one_by_one);
}

}  // namespace yoke::bench
