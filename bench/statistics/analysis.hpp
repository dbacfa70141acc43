#pragma once

#include "bench/results/results.hpp"
#include "bench/statistics/losses.hpp"
#include "bench/statistics/models.hpp"

#include <cstddef>
#include <vector>

namespace yoke::bench {

/// Above these shares of the allowed CPUs a machine is too disturbed for any verdict.
inline constexpr double most_steal = 0.01;
inline constexpr double most_foreign = 0.03;

/// cell_figures is what the repetitions of one cell say. Intervals are NaN where their base is missing.
struct cell_figures {
  const cell* of = nullptr;
  std::vector<double> times;            ///< of the repetitions without error
  std::vector<std::size_t> outlying;    ///< indices into times
  const repetition* typical = nullptr;  ///< the repetition whose time is nearest to the median; null without any
  interval time;                        ///< the median
  double deviation = unknown;           ///< median absolute deviation
  interval speedup;                     ///< against the serial loop with as many items
  interval relative;                    ///< against 1 worker of the same backend
  interval efficiency;                  ///< speedup over workers; of weak cells T(1, W) / T(N, N W)
  interval of_ceiling;                  ///< speedup over that of independent spinners
  interval serial_fraction;             ///< Karp-Flatt
  waterfall lost;                       ///< of the typical repetition
  pop_efficiencies causes;              ///< of the typical repetition
  double steal = unknown;               ///< mean share over all repetitions
  double foreign = unknown;

  /// error is the cell's, or the first of its repetitions'; empty where nothing went wrong, though nothing may have
  /// been measured either.
  [[nodiscard]] std::string error() const;
  [[nodiscard]] bool usable() const { return typical != nullptr && of->error.empty(); }
  [[nodiscard]] bool disturbed() const { return steal > most_steal || foreign > most_foreign; }
};

/// workload_figures are the cells of one workload.
struct workload_figures {
  const workload_record* about = nullptr;
  std::vector<cell_figures> strong;  ///< ordered by backend (serial, threads, processes) and workers
  std::vector<cell_figures> weak;
  std::vector<cell_figures> counts;

  /// find returns a strong cell with figures, or null.
  [[nodiscard]] const cell_figures* find(backend kind, int workers) const;
  /// serial is find(serial, 1).
  [[nodiscard]] const cell_figures* serial() const { return find(backend::serial, 1); }
  /// widest returns the strong cell with the most workers, but at most `limit`; null where there is none above 1.
  [[nodiscard]] const cell_figures* widest(backend kind, double limit) const;
};

/// ceiling_figures is how many times faster so many independent spinners are than one.
struct ceiling_figures {
  int workers = 1;
  interval speedup;
};

/// dispatch_figures is what one more empty task costs on a backend.
struct dispatch_figures {
  backend kind = backend::serial;
  int workers = 1;
  const workload_record* workload = nullptr;
  std::vector<counted> points;
  interval seconds;
};

/// grain_figures is how efficient a backend is with items of different lengths, and where it breaks even.
struct grain_figures {
  backend kind = backend::serial;
  int workers = 1;
  std::vector<grain> curve;
  break_even_point even;  ///< of 90 % of what the machine's ceiling allows
};

/// analysis computes all figures of results, which have to outlive it, unchanged.
class analysis {
 public:
  explicit analysis(const results& of);

  [[nodiscard]] const results& source() const { return source_; }
  [[nodiscard]] const std::vector<workload_figures>& workloads() const { return workloads_; }
  [[nodiscard]] const std::vector<ceiling_figures>& ceiling() const { return ceiling_; }
  /// ceiling_at is the ceiling's speedup with so many workers; that of all CPUs where there are more workers than
  /// those, and `workers` itself where it was not measured.
  [[nodiscard]] double ceiling_at(int workers) const;
  [[nodiscard]] const std::vector<dispatch_figures>& dispatch() const { return dispatch_; }
  [[nodiscard]] const std::vector<grain_figures>& grains() const { return grains_; }
  /// cpus is how many workers the machine can run at once.
  [[nodiscard]] double cpus() const;
  /// disturbed tells whether others used the machine before, after or during the run, above what is allowed.
  [[nodiscard]] bool disturbed() const;

 private:
  void relate(workload_figures& figures) const;
  void find_dispatch();
  void find_grains();

  const results& source_;
  std::vector<ceiling_figures> ceiling_;
  std::vector<workload_figures> workloads_;
  std::vector<dispatch_figures> dispatch_;
  std::vector<grain_figures> grains_;
};

}  // namespace yoke::bench
