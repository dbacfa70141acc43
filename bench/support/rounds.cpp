#include "bench/support/rounds.hpp"

#include <chrono>

namespace yoke::bench {

std::vector<samples> interleaved(int rounds, const std::vector<measurement>& contenders) {
  std::vector<samples> results(contenders.size());
  for (const measurement& warm_up : contenders) warm_up();
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t each = 0; each < contenders.size(); ++each) results[each].add(contenders[each]());
  }
  return results;
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace yoke::bench
