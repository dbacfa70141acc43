#pragma once

#include "bench/statistics/analysis.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace yoke::bench {

/// cell_change is one cell now and in an older run.
struct cell_change {
  const cell_figures* now = nullptr;
  const cell_figures* then = nullptr;
  interval ratio;                       ///< new time over old
  difference is = difference::unclear;  ///< unclear where one of them has too few repetitions
};

/// comparison is a run against an older one. Cells are the same when workload, backend, workers, items and chunk are.
struct comparison {
  std::string name;  ///< of the older file
  std::vector<cell_change> changes;
  std::size_t only_now = 0;         ///< cells that the older run lacks
  std::size_t only_then = 0;        ///< cells that this run lacks
  std::size_t unmeasured = 0;       ///< cells that had a time, and that this run did not get to
  std::vector<std::string> doubts;  ///< what makes the two hard to compare: another CPU, a disturbed machine
  std::vector<std::string> broken;  ///< cells that had a time and now have an error, with it

  /// vacuous tells that no cell could be compared: there is nothing that a check could have passed.
  [[nodiscard]] bool vacuous() const;

  /// count is how many cells changed so.
  [[nodiscard]] std::size_t count(difference so) const;

  /// regressed tells whether a check against the baseline fails: a cell is slower than before, or fails now, or nothing
  /// could be compared.
  [[nodiscard]] bool regressed() const;
};

/// compare relates the strong and weak cells of two runs, by the larger of their noise thresholds.
comparison compare(const analysis& now, const analysis& then, const std::string& name);

}  // namespace yoke::bench
