// Tasks of a known length, one by one: from which length on does a worker pay?
#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/item_work.hpp"
#include "bench/workloads/spinning.hpp"

namespace yoke::bench {
namespace {

template <int microseconds>
std::uint64_t spin_item(problem_size /*size*/, std::uint64_t item) {
  spin(std::chrono::microseconds{microseconds});
  return item;
}

template <int microseconds>
std::uint64_t tasks(problem_size size) {
  constexpr std::uint64_t small = 2000;
  constexpr std::uint64_t medium = 80'000;
  return by_size<std::uint64_t>(size, small, medium, 10 * medium) / microseconds;
}

template <>
std::uint64_t tasks<1>(problem_size size) {
  return by_size<std::uint64_t>(size, 500, 20'000, 500'000);
}

void prepare(problem_size /*size*/) { calibrate_spinning(); }

template <int microseconds>
workload spin_tasks(const char* name, const char* summary, const char* family, const char* bound) {
  return with_numbers({.name = name,
                       .summary = summary,
                       .family = family,
                       .bound_by = bound,
                       .prepare = prepare,
                       .item_seconds = 1e-6 * microseconds},
                      spin_item<microseconds>, tasks<microseconds>, sending::one_by_one);
}

}  // namespace

workload spin_1us() {
  return spin_tasks<1>("spin_1us", "tasks of one microsecond, one by one", "processes lose", "too fine");
}
workload spin_10us() { return spin_tasks<10>("spin_10us", "tasks of 10 microseconds, one by one", "overhead", ""); }
workload spin_100us() { return spin_tasks<100>("spin_100us", "tasks of 100 microseconds, one by one", "overhead", ""); }
workload spin_1ms() {
  return spin_tasks<1000>("spin_1ms", "tasks of a millisecond, one by one", "overhead", "CPU bound");
}

}  // namespace yoke::bench
