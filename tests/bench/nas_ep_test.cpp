#include "bench/workloads/nas_ep.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace {

using namespace yoke::bench;

/// The sums that NASA publishes, with the tolerance that it grants.
void expect_sums(const nas_ep_sums& sums, double x, double y) {
  constexpr double tolerance = 1e-8;
  EXPECT_LE(std::fabs((sums.x - x) / x), tolerance);
  EXPECT_LE(std::fabs((sums.y - y) / y), tolerance);
}

nas_ep_sums on_processes(problem_size size) {
  yoke::pool pool{{.workers = 2}};
  return nas_ep_from(rows_of(nas_ep_batch, nas_ep_batches(size), size, pool, {}));
}

TEST(nas_ep, reproduces_the_published_sums_of_class_S) {
  constexpr auto size = problem_size::small;
  const nas_ep_sums sums = nas_ep_from(rows_of(nas_ep_batch, nas_ep_batches(size), size));
  expect_sums(sums, -3.247834652034740e3, -6.958407078382297e3);
  std::uint64_t pairs = 0;
  for (const std::uint64_t ring : sums.rings) pairs += ring;
  EXPECT_EQ(pairs, 13176389U);
  EXPECT_EQ(sums.rings[0], 6140517U);
}

TEST(nas_ep_on_processes, reproduces_the_published_sums_of_class_W) {
  expect_sums(on_processes(problem_size::medium), -2.863319731645753e3, -6.320053679109499e3);
}

TEST(nas_ep_on_processes, reproduces_the_published_sums_of_class_A) {
  expect_sums(on_processes(problem_size::large), -4.295875165629892e3, -1.580732573678431e4);
}

}  // namespace
