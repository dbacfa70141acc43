#include "tasks.hpp"

#include <yoke/pool.hpp>

std::vector<int> times_three(const yoke::pool_options& options, const std::vector<int>& items) {
  yoke::pool pool{options};
  return pool.map(items, [](int item) { return BUILD == 1 ? 3 * item : 0; });
}
