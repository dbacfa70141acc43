#pragma once

#include "bench/statistics/analysis.hpp"

namespace yoke::bench {

/// symptoms are what the rules look at: figures of one workload on one backend, with 1 and with N workers. Shares are
/// from 0 to 1; what was not measured is NaN, and no rule holds because of it.
struct symptoms {
  backend kind = backend::serial;
  double workers = 1;
  double cpus = 1;
  double steal = unknown;
  double foreign = unknown;
  double task = unknown;          ///< seconds of an item in the serial loop
  double dispatch = unknown;      ///< CPU seconds spent on an item outside the task, by workers and coordinator
  double bytes = unknown;         ///< copied per item
  double waiting = unknown;       ///< share of worker time without work, the end apart
  double load_balance = unknown;  ///< mean over maximum of the workers' time inside tasks
  double blocked_one = unknown;   ///< share of the time inside tasks spent blocked, with 1 worker
  double blocked = unknown;       ///< the same with N
  double switches = unknown;      ///< voluntary context switches per item, with N
  double speedup = unknown;       ///< against 1 worker of the same backend
  double inflation = unknown;     ///< CPU time per item inside tasks, N over 1 worker, in one block of the run
  double user = unknown;          ///< share of the time inside tasks in user mode, with N
  double system = unknown;  ///< share of the CPU time inside tasks spent in the kernel, with N, over all repetitions
  double other_inflation = unknown;  ///< inflation on the other parallel backend
  double other_speedup = unknown;    ///< speedup there
};

/// symptoms_of gathers the symptoms of `many`, a cell of this workload with more than one worker, in one of its
/// repetitions.
symptoms symptoms_of(const analysis& of, const workload_figures& workload, const cell_figures& many,
                     const repetition& run);

}  // namespace yoke::bench
