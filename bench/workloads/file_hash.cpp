#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace yoke::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_file = 8 << 20;

std::uint64_t files(problem_size size) { return by_size<std::uint64_t>(size, 20, 400, 4000); }

struct file_list {
  std::vector<std::string> names;
};
file_list input;

/// Libraries are on every machine, of all sizes, and do not change meanwhile. Where there are few, they are read again.
void prepare(problem_size size) {
  std::vector<std::string> found;
  for (const char* const folder : {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/bin"}) {
    std::error_code skipped;
    for (const auto& entry : fs::directory_iterator{folder, skipped}) {
      if (!entry.is_regular_file(skipped)) continue;
      const std::uintmax_t bytes = entry.file_size(skipped);
      if (!skipped && bytes > 0 && bytes <= largest_file) found.push_back(entry.path().string());
    }
  }
  if (found.empty()) throw std::runtime_error{"there are no files to hash in /usr/lib and /usr/bin"};
  std::ranges::sort(found);
  for (std::uint64_t at = 0; at < files(size); ++at) input.names.push_back(found[at % found.size()]);
}

std::uint64_t hash_file(problem_size /*size*/, std::uint64_t index) {
  std::ifstream file{input.names[index], std::ios::binary};
  std::vector<char> buffer(std::size_t{64} << 10U);
  std::uint64_t hash = 0;
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), file.gcount() > 0) {
    hash = digest_of_bytes(std::as_bytes(std::span{buffer}.first(static_cast<std::size_t>(file.gcount()))), hash);
  }
  return hash;
}

}  // namespace

workload file_hash() {
  return with_numbers({.name = "file_hash",
                       .summary = "XXH3 of the system's libraries, a file an item",
                       .family = "memory",
                       .bound_by = {},
                       .prepare = prepare},
                      hash_file, files);
}

}  // namespace yoke::bench
