#include "conformance.hpp"

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

using namespace yoke_test;

namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;

/// advised tells whether the kernel has been asked for huge pages at an address: "hg" among its mapping's VmFlags.
bool advised(const void* address) {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  std::ifstream maps{"/proc/self/smaps"};
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char dash = 0;
    std::istringstream head{line};
    if (head >> std::hex >> begin >> dash >> end && dash == '-') inside = begin <= wanted && wanted < end;
    if (inside && line.starts_with("VmFlags:")) return line.find(" hg") != std::string::npos;
  }
  return false;
}

/// system_allows reads what the system's administrator has chosen for this backend's kind of memory.
bool system_allows(yoke::backend backend) {
  const std::string folder = "/sys/kernel/mm/transparent_hugepage/";
  std::ifstream setting{folder + (backend == yoke::backend::processes ? "shmem_enabled" : "enabled")};
  std::string words;
  std::getline(setting, words);
  const auto chosen = [&](const char* word) { return words.find(word) != std::string::npos; };
  return chosen("[always]") || chosen("[madvise]") || chosen("[within_size]") || chosen("[force]");
}

}  // namespace

using huge_pages = on_backend;
INSTANTIATE_TEST_SUITE_P(backends, huge_pages, every_backend, setting_name);

TEST_P(huge_pages, are_asked_for_where_the_system_allows_them) {
  const bool allowed = pool.describe().huge_pages;
  EXPECT_EQ(allowed, system_allows(GetParam().backend));
  yoke::shared_array<double> large{pool, 2 * huge_page / sizeof(double)};
  EXPECT_EQ(advised(large.data()), allowed);
  if (allowed) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(large.data()) % huge_page, 0U);
  }
}

TEST_P(huge_pages, are_not_for_small_arrays) {
  const yoke::shared_array<double> small{pool, 1000};
  EXPECT_FALSE(advised(small.data()));
}

TEST_P(huge_pages, are_given_back_with_the_array) {
  const void* place = nullptr;
  {
    yoke::shared_array<double> large{pool, 2 * huge_page / sizeof(double)};
    place = large.data();
  }
  EXPECT_FALSE(advised(place));
}
