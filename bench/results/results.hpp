#pragma once

#include "bench/results/cell.hpp"
#include "bench/results/environment.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace yoke::bench {

/// schema_version is the version of the native JSON format. It changes when a reader of the old one would misread.
inline constexpr std::int64_t schema_version = 1;

/// plan is how a run was meant to go.
struct plan {
  std::string command;            ///< the command line that repeats it
  std::string begun;              ///< when, in UTC: "2026-11-25T02:00:00Z"
  double seconds = unknown;       ///< how long it took
  std::uint64_t seed = 0;         ///< of the random order
  std::uint64_t repetitions = 0;  ///< wanted of each cell
  std::uint64_t warm_ups = 0;     ///< runs of each cell that were thrown away
  double noise = 0.02;            ///< differences below this share mean nothing
  double budget = unknown;        ///< seconds the run was allowed
  bool finished = true;  ///< false when it was interrupted, or the budget ran out: fewer repetitions than wanted
};

/// ceiling_point is how fast `workers` independent spinners go together: what no scheduler can beat on this machine.
///
/// Each sample is the seconds for one piece of work, by all spinners together: with ideal CPUs, those of one spinner
/// divided by `workers`. There is a point for each number of workers used, 1 included.
struct ceiling_point {
  int workers = 1;
  std::vector<double> seconds;
};

/// results are all that one run measured: what `yoke bench` writes and `yoke report` reads.
struct results {
  std::int64_t schema = schema_version;
  yoke::bench::plan plan;
  yoke::bench::environment environment;
  machine_state before;
  machine_state after;
  std::vector<ceiling_point> ceiling;
  std::vector<workload_record> workloads;
  std::vector<cell> cells;
  std::vector<std::string> warnings;  ///< what the run noticed, a sentence each, with the cure
};

}  // namespace yoke::bench
