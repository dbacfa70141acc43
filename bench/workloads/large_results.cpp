#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"

#include <numeric>

namespace yoke::bench {
namespace {

constexpr std::size_t length = std::size_t{1} << 17U;  // 1 MiB of numbers

std::uint64_t tasks(problem_size size) { return by_size<std::uint64_t>(size, 4, 128, 1024); }

row fill(problem_size /*size*/, std::uint64_t item) {
  row result(length);
  std::iota(result.begin(), result.end(), mixed(item));
  return result;
}

}  // namespace

workload large_results() {
  return with_rows({.name = "large_results",
                    .summary = "tasks that write a megabyte each and do little else",
                    .family = "processes lose",
                    .bound_by = {}},
                   fill, tasks);
}

}  // namespace yoke::bench
