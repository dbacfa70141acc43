#include "workers/worker_environment.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include <dlfcn.h>

namespace yoke::detail {
namespace {

constexpr const char* openmp_threads = "OMP_NUM_THREADS";
constexpr std::array thread_caps{openmp_threads, "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
                                 "NUMEXPR_NUM_THREADS"};

bool is_entry_of(std::string_view entry, std::string_view name) {
  return entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name);
}

void tell_openmp() {
  const char* const value = std::getenv(openmp_threads);
  void* const found = ::dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (value == nullptr || found == nullptr) return;
  const std::string_view text = value;
  int threads = 0;  // of the outermost level, where there is a list
  if (std::from_chars(text.data(), text.data() + text.size(), threads).ec != std::errc{} || threads < 1) return;
  reinterpret_cast<void (*)(int)>(found)(threads);
}

}  // namespace

void worker_environment::apply_to(std::vector<std::string>& entries) const {
  for (const auto& [name, value] : variables) {
    std::erase_if(entries, [&name = name](const std::string& entry) { return is_entry_of(entry, name); });
    entries.emplace_back(name).append("=").append(value);
  }
  if (threads == 0) return;
  for (const char* const cap : thread_caps) {
    const auto is_cap = [cap](const std::string& entry) { return is_entry_of(entry, cap); };
    if (std::ranges::none_of(entries, is_cap)) entries.push_back(std::string{cap} + "=" + std::to_string(threads));
  }
}

void worker_environment::apply() const {
  for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
  if (threads != 0) {
    for (const char* const cap : thread_caps) ::setenv(cap, std::to_string(threads).c_str(), 0);
  }
  tell_openmp();
}

}  // namespace yoke::detail
