#include "bench/workloads/workload_list.hpp"

#include "bench/workloads/all_workloads.hpp"

#include <algorithm>
#include <array>

namespace yoke::bench {

std::span<const workload> workloads() {
  static const std::array all{nas_ep(),        primes(),        mandelbrot_rows(), queens(),        n_body(),
                              black_scholes(), matrix(),        k_means(),         file_hash(),     sum(),
                              sort(),          empty_task(),    spin_1us(),        spin_10us(),     spin_100us(),
                              spin_1ms(),      skynet(),        fibonacci_calls(), page_faults(),   allocator(),
                              interpreter(),   password_hash(), crashing(),        large_results(), shared_table(),
                              sleep(),         file_sync(),     mutex_lock(),      spin_lock(),     long_last_task(),
                              slow_source(),   race(),          deadlock(),        livelock(),      philosophers()};
  return all;
}

const workload* find_workload(std::string_view name) {
  const auto all = workloads();
  const auto found = std::ranges::find(all, name, &workload::name);
  return found == all.end() ? nullptr : &*found;
}

std::span<const std::string_view> quick_set() {
  static constexpr std::array<std::string_view, 8> names{"mandelbrot", "queens",      "sum",   "empty",
                                                         "spin_1us",   "page_faults", "sleep", "crashing"};
  return names;
}

}  // namespace yoke::bench
