#pragma once

#include "engine/worker_hooks.hpp"
#include "engine/worker_state.hpp"

#include <exception>
#include <mutex>
#include <vector>

namespace yoke::detail {

/// local_hooks runs the hooks of workers that are no processes of their own. Any number of threads may use one.
class local_hooks {
 public:
  /// `scope` is the pool's: a hook must not call it.
  local_hooks(const worker_hooks& hooks, const void* scope) : hooks_{hooks}, scope_{scope} {}

  /// begin runs the initializer of a worker, and again where it throws, its state being new, as in a replacement. False
  /// when the pool has given up: the worker leaves.
  bool begin(int worker, worker_state& state);

  /// end runs the finalizer of a worker that has begun.
  void end(int worker);

  /// check throws the initializer's error when the pool has given up.
  void check();

  /// take returns what has come of finalizers since it was called last.
  std::vector<farewell> take();

 private:
  [[nodiscard]] farewell call(const hook& called, bool of_initializer, int worker) const;

  const worker_hooks hooks_;
  const void* const scope_;
  std::mutex mutex_;  // guards the rest
  std::uint32_t false_starts_ = 0;
  std::exception_ptr given_up_;
  std::vector<farewell> farewells_;
};

}  // namespace yoke::detail
