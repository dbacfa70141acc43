#include "conformance.hpp"

#include <utility>
#include <vector>

using namespace yoke_test;

using lifecycle_contract = without_pool;
INSTANTIATE_TEST_SUITE_P(backends, lifecycle_contract, every_backend, setting_name);

TEST_P(lifecycle_contract, a_pool_may_be_made_and_left_without_a_call) {
  for (int round = 0; round < 5; ++round) {
    yoke::pool pool{options()};
    EXPECT_GE(pool.workers(), 1U);
  }
}

TEST_P(lifecycle_contract, a_pool_says_how_many_workers_it_has) {
  const yoke::pool pool{options()};
  const bool serial = options().backend == yoke::backend::serial;
  EXPECT_EQ(pool.workers(), serial ? 1U : static_cast<std::size_t>(options().workers));
  EXPECT_EQ(pool.describe().workers, pool.workers());
}

TEST_P(lifecycle_contract, a_pool_may_be_moved) {
  yoke::pool first{options()};
  yoke::pool second{std::move(first)};
  EXPECT_EQ(second.map(first_integers(3), [](int item) { return item; }), first_integers(3));
  first = std::move(second);
  EXPECT_EQ(first.map(first_integers(3), [](int item) { return item; }), first_integers(3));
}

TEST_P(lifecycle_contract, pools_live_side_by_side) {
  yoke::pool outer{options()};
  {
    yoke::pool inner{yoke::backend::serial};
    EXPECT_EQ(inner.map(first_integers(3), [](int item) { return item; }), first_integers(3));
  }
  EXPECT_EQ(outer.map(first_integers(3), [](int item) { return item; }), first_integers(3));
}

TEST_P(lifecycle_contract, a_pool_takes_many_calls) {
  yoke::pool pool{options()};
  for (int call = 0; call < 300; ++call) {
    const auto results = pool.map(first_integers(5), [call](int item) { return item + call; });
    ASSERT_EQ(results.back(), 4 + call);
  }
}

class worker_count : public testing::TestWithParam<yoke::backend> {};
INSTANTIATE_TEST_SUITE_P(backends, worker_count,
                         testing::Values(yoke::backend::serial, yoke::backend::threads, yoke::backend::processes),
                         [](const auto& setting) { return std::string(to_string(setting.param)); });

TEST_P(worker_count, of_zero_means_one_per_usable_cpu) {
  const yoke::pool pool{{.backend = GetParam(), .workers = 0}};
  EXPECT_EQ(pool.workers(), GetParam() == yoke::backend::serial ? 1 : yoke::usable_cpus());
}

TEST_P(worker_count, that_is_negative_or_absurd_is_refused) {
  EXPECT_THROW(yoke::pool({.backend = GetParam(), .workers = -1}), std::invalid_argument);
  EXPECT_THROW(yoke::pool({.backend = GetParam(), .workers = 4097}), std::invalid_argument);
  EXPECT_THROW(yoke::pool({.backend = GetParam(), .workers = 1'000'000'000}), std::invalid_argument);
}

TEST_P(worker_count, of_200_computes_right) {
  yoke::pool pool{{.backend = GetParam(), .workers = 200}};
  EXPECT_EQ(pool.map(first_integers(5000), [](int item) { return item; }, {.chunk = 3}), first_integers(5000));
}
