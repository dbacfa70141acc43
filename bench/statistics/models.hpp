#pragma once

#include "bench/statistics/bootstrap.hpp"

#include <span>
#include <string>
#include <vector>

namespace yoke::bench {

/// karp_flatt is the experimentally determined serial fraction (1/S - 1/N) / (1 - 1/N) of a speedup on N workers (Karp
/// and Flatt 1990); NaN for one worker. Growing with N it means overhead, constant a serial part.
double karp_flatt(double speedup, double workers);
interval karp_flatt(const interval& speedup, double workers);

/// amdahl_model is what two points say if nothing but a serial part stands in the way (Amdahl 1967).
struct amdahl_model {
  interval serial;  ///< share of the time with one worker that no worker can take off
  interval limit;   ///< the speedup of infinitely many workers, 1 / serial; infinite where serial may be 0
};

/// amdahl takes the times of one and of `workers` workers.
amdahl_model amdahl(sample one, sample many, int workers);

/// scaling_point is the times of one number of workers.
struct scaling_point {
  int workers = 1;
  sample times;
};

/// usl_model is the Universal Scalability Law (Gunther 1993): S(N) = N / (1 + a (N - 1) + b N (N - 1)).
struct usl_model {
  interval contention;  ///< a: the share that waits its turn
  interval coherence;   ///< b: the price of each pair of workers agreeing
  int largest = 0;      ///< number of workers measured
  std::string why_not;  ///< why there is no model; empty when there is one

  /// speedup is what the model says of `workers`; NaN past twice the largest number measured.
  [[nodiscard]] double speedup(double workers) const;
  /// best is the number of workers with the largest speedup; NaN where it lies past twice the largest measured.
  [[nodiscard]] double best() const;
};

/// usl fits the law by least squares of N T(N), relative errors weighing the same, neither parameter below 0. Needs 6
/// distinct numbers of workers within the physical cores: else why_not says "not enough points".
usl_model usl(std::span<const scaling_point> points, double physical_cores);

/// counted is the times of one number of items.
struct counted {
  double items = 0;
  sample times;
};

/// slope is the time of one more item, by least squares over two or more numbers of items; NaN for fewer.
interval slope(std::span<const counted> points);

/// grain is an efficiency reached with items of one length.
struct grain {
  double item_seconds = 0;
  double efficiency = 0;
};

/// break_even_point is the shortest item with which an efficiency is reached.
struct break_even_point {
  enum class place : unsigned char {
    nowhere,  ///< nothing was measured
    at,       ///< at `seconds`, interpolated on a logarithmic scale of lengths
    below,    ///< the shortest item measured, `seconds`, reaches it
    above,    ///< the longest item measured, `seconds`, does not
  };
  place where = place::nowhere;
  double seconds = unknown;
};

/// break_even finds the length from which on every longer item reaches `efficiency`.
break_even_point break_even(std::vector<grain> curve, double efficiency = 0.9);

}  // namespace yoke::bench
