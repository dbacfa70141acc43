#pragma once

#include <yoke/yoke.hpp>

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace yoke_test {

/// pool_setting is one of the pools that a contract is held to.
struct pool_setting {
  yoke::backend backend;
  int workers;
  yoke::start start = yoke::start::fork;

  /// options are strict, so that threads and serial refuse what processes refuse.
  [[nodiscard]] yoke::pool_options options() const {
    return {.backend = backend, .workers = workers, .start = start, .strict_captures = true};
  }
};

/// without_pool is a test that has to come out the same on every backend, with any number of workers, and constructs
/// its pools itself.
class without_pool : public testing::TestWithParam<pool_setting> {
 protected:
  [[nodiscard]] static yoke::backend kind() { return GetParam().backend; }
  [[nodiscard]] static yoke::pool_options options() { return GetParam().options(); }
};

/// on_backend is the same with a pool.
class on_backend : public without_pool {
 protected:
  yoke::pool pool{options()};
};

/// on_processes is a test of what only processes can promise.
using on_processes = on_backend;

/// settings are those of these backends, each with every number of workers.
inline std::vector<pool_setting> settings(const std::vector<yoke::backend>& backends) {
  std::vector<pool_setting> all;
  for (const yoke::backend backend : backends) {
    for (const int workers : {1, 2, 3, 7}) all.push_back({backend, workers});
  }
  return all;
}

inline std::vector<pool_setting> with_exec(std::vector<pool_setting> others) {
  others.push_back({yoke::backend::processes, 2, yoke::start::exec});
  return others;
}

/// Where capabilities() say sees_captures. Without it, what needs it is a capture_error.
inline const auto every_backend_that_sees_captures =
    testing::ValuesIn(settings({yoke::backend::serial, yoke::backend::threads, yoke::backend::processes}));
inline const auto every_backend =
    testing::ValuesIn(with_exec(settings({yoke::backend::serial, yoke::backend::threads, yoke::backend::processes})));
inline const auto processes_only = testing::ValuesIn(with_exec(settings({yoke::backend::processes})));
inline const auto forked_processes_only = testing::ValuesIn(settings({yoke::backend::processes}));
inline const auto executed_processes_only = testing::ValuesIn(with_exec({}));

/// setting_name reads "process_3" or "process_exec_2".
inline std::string setting_name(const testing::TestParamInfo<pool_setting>& info) {
  return std::string(to_string(info.param.backend)) + (info.param.start == yoke::start::exec ? "_exec_" : "_") +
         std::to_string(info.param.workers);
}

/// first_integers returns 0 .. count - 1.
inline std::vector<int> first_integers(int count) {
  std::vector<int> items;
  for (int item = 0; item < count; ++item) items.push_back(item);
  return items;
}

}  // namespace yoke_test
