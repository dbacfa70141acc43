#include <yoke/yoke.hpp>

#include "support/child_process.hpp"

#include <numeric>
#include <vector>

#include <gtest/gtest.h>
#include <omp.h>

namespace {

int threads_of_a_parallel_region(int wanted) {
  int threads = 0;
#pragma omp parallel num_threads(wanted) reduction(+ : threads)
  threads += 1;
  return threads;
}

}  // namespace

TEST(openmp_in_a_process, works_in_workers_although_the_host_used_it_before_where_they_are_executed) {
  // In a process of its own: the library keeps its threads.
  yoke_test::child_process host{[] {
    if (threads_of_a_parallel_region(4) != 4) return 1;
    yoke::pool pool{{.workers = 2, .start = yoke::start::exec}};
    const auto threads = pool.map(std::vector{3, 2, 3, 4}, threads_of_a_parallel_region, {.chunk = 1});
    return std::accumulate(threads.begin(), threads.end(), 0) == 12 ? 0 : 2;
  }};
  EXPECT_EQ(host.wait(), 0);
}

TEST(openmp_in_a_process, gives_a_worker_one_thread_unless_it_is_told_otherwise) {
  for (const auto start : {yoke::start::fork, yoke::start::exec}) {
    yoke::pool one{{.workers = 1, .start = start}};
    EXPECT_EQ(one.map(std::vector{0}, [](int) { return ::omp_get_max_threads(); }), std::vector{1});
    yoke::pool three{{.workers = 1, .start = start, .threads_per_worker = 3}};
    EXPECT_EQ(three.map(std::vector{0}, [](int) { return ::omp_get_max_threads(); }), std::vector{3});
  }
}
