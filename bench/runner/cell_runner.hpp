#pragma once

#include "bench/results/repetition.hpp"
#include "bench/runner/cell_plan.hpp"

#include <chrono>

namespace yoke::bench {

/// run_terms say how a repetition is made.
struct run_terms {
  int warm_ups = 1;                            ///< runs before it that do not count
  std::chrono::milliseconds patience{60'000};  ///< after that it hangs, and is ended
  bool keeps_spans = false;                    ///< with its time line
};

/// outcome is what became of one repetition: figures, or what went wrong in `figures.error`.
struct outcome {
  repetition figures;
  std::string note;          ///< what the workload noticed
  bool impossible = false;   ///< the backend cannot do it, which is no failure
  bool interrupted = false;  ///< somebody wanted it to end
  bool hung = false;         ///< patience was over
};

/// cell_runner makes one repetition of a cell. Tests have one that measures nothing.
class cell_runner {
 public:
  cell_runner() = default;
  cell_runner(const cell_runner&) = delete;
  cell_runner& operator=(const cell_runner&) = delete;
  virtual ~cell_runner() = default;

  virtual outcome run(const cell_plan& cell, const run_terms& terms) = 0;
};

}  // namespace yoke::bench
