#pragma once

#include "bench/results/results.hpp"

#include <cstdint>
#include <random>
#include <string>

namespace yoke_test {

/// behaviour says where the time of a made cell goes. Amounts are core-seconds over all workers of one repetition.
struct behaviour {
  double useful = 1;     ///< user CPU time of the serial loop
  double inflation = 1;  ///< factor on it
  double system = 0;
  double blocked = 0;
  double run_queue = 0;
  double idle = 0;
  double wait = 0;
  double dispatch = 0;   ///< CPU time, within wait
  double imbalance = 0;  ///< how much longer than the mean worker 0 works, as a share
  double switches = 0;   ///< voluntary ones, of all workers
  double steal = 0;
  double foreign = 0;
};

/// results_maker makes results of runs that never were, with known truths in them.
class results_maker {
 public:
  /// `noise` is the standard deviation of times, as a share.
  explicit results_maker(std::uint64_t seed = 1, double noise = 0.005);

  /// workload adds one, for the cells to come.
  results_maker& workload(const std::string& name, std::uint64_t items = 1000,
                          double item_seconds = yoke::bench::unknown);

  /// add adds a cell of the last workload.
  yoke::bench::cell& add(yoke::backend backend, int workers, const behaviour& how, int repetitions = 10);

  /// timed adds a cell of which nothing but a wall time is known.
  yoke::bench::cell& timed(yoke::backend backend, int workers, double seconds, int repetitions = 10);

  /// made is what has been made so far; it may be changed.
  yoke::bench::results& made() { return made_; }

 private:
  yoke::bench::repetition run(int number, int workers, const behaviour& how);
  yoke::bench::cell& new_cell(yoke::backend backend, int workers);
  double noisy(double value);

  std::mt19937_64 random_;
  double noise_;
  yoke::bench::results made_;
};

/// small_results are those of two workloads on 2 CPUs, every member filled: for tests of formats and pages.
yoke::bench::results small_results();

/// wide_results are those of eight workloads on 8 CPUs, with as much in them as a thorough run has: for the size and
/// the looks of pages.
yoke::bench::results wide_results();

}  // namespace yoke_test
