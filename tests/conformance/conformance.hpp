#pragma once

#include <yoke/yoke.hpp>

#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace yoke_test {

/// on_backend is a test that has to come out the same on every backend, with any number of workers.
class on_backend : public testing::TestWithParam<std::tuple<yoke::backend, int>> {
 protected:
  [[nodiscard]] static yoke::backend kind() { return std::get<0>(GetParam()); }
  [[nodiscard]] static int workers() { return std::get<1>(GetParam()); }

  /// options are those of the pool under test: strict, so that threads and serial refuse what processes refuse.
  [[nodiscard]] static yoke::pool_options options() {
    return {.backend = kind(), .workers = workers(), .strict_captures = true};
  }

  yoke::pool pool{options()};
};

/// without_pool is the same for tests that construct their pools themselves.
class without_pool : public testing::TestWithParam<std::tuple<yoke::backend, int>> {
 protected:
  [[nodiscard]] static yoke::pool_options options() {
    return {.backend = std::get<0>(GetParam()), .workers = std::get<1>(GetParam()), .strict_captures = true};
  }
};

/// on_processes is a test of what only processes can promise.
using on_processes = on_backend;

inline const auto every_worker_count = testing::Values(1, 2, 3, 7);
inline const auto every_backend = testing::Combine(
    testing::Values(yoke::backend::serial, yoke::backend::threads, yoke::backend::processes), every_worker_count);
inline const auto processes_only = testing::Combine(testing::Values(yoke::backend::processes), every_worker_count);

/// setting_name reads "process_3".
inline std::string setting_name(const testing::TestParamInfo<std::tuple<yoke::backend, int>>& info) {
  return std::string(to_string(std::get<0>(info.param))) + "_" + std::to_string(std::get<1>(info.param));
}

/// first_integers returns 0 .. count - 1.
inline std::vector<int> first_integers(int count) {
  std::vector<int> items;
  for (int item = 0; item < count; ++item) items.push_back(item);
  return items;
}

}  // namespace yoke_test
