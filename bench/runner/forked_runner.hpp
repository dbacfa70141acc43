#pragma once

#include "bench/runner/cell_runner.hpp"

#include <atomic>

namespace yoke::bench {

/// forked_runner makes each repetition in a fresh child, so that none sees what another has left: heap, caches of the
/// allocator, interpreters, crashes. The calling process must have one thread.
///
/// A child that crashes, hangs, or ends without a word is an outcome with an error that says so.
class forked_runner final : public cell_runner {
 public:
  /// `interrupted` becomes true when the run is to end: then the child is ended, too.
  explicit forked_runner(const std::atomic<bool>& interrupted) : interrupted_{interrupted} {}

  outcome run(const cell_plan& cell, const run_terms& terms) override;

 private:
  const std::atomic<bool>& interrupted_;
};

}  // namespace yoke::bench
