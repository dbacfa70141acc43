#include "common/memory.hpp"

#include <fstream>
#include <sstream>
#include <string>

namespace yoke::cli {

std::optional<std::uint64_t> memory_field(std::string_view name) {
  std::ifstream file{"/proc/meminfo"};
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(name) || line.find(':') != name.size()) continue;
    std::istringstream rest{line.substr(name.size() + 1)};
    std::uint64_t kilobytes = 0;
    if (rest >> kilobytes) return kilobytes * 1024;
  }
  return std::nullopt;
}

}  // namespace yoke::cli
