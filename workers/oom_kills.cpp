#include "workers/oom_kills.hpp"

#include <fstream>
#include <utility>

namespace yoke::detail {

oom_kills::oom_kills(std::string vmstat) : vmstat_{std::move(vmstat)}, seen_{count()} {}

bool oom_kills::rose() {
  const std::uint64_t now = count();
  const bool higher = now > seen_;
  seen_ = now;
  return higher;
}

std::uint64_t oom_kills::count() const {
  std::ifstream counters{vmstat_};
  std::string name;
  std::uint64_t value = 0;
  while (counters >> name >> value) {
    if (name == "oom_kill") return value;
  }
  return 0;
}

}  // namespace yoke::detail
