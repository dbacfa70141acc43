#pragma once

#include "bench/results/unknown.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace yoke::bench {

/// worker_account is what one worker did with its time in the timed region of one repetition.
///
/// All times are in seconds. idle + wait + work + stop is the region's length: a moment belongs to exactly one of them.
/// CPU times, switches and faults are those of the region, reported by the worker itself.
struct worker_account {
  int worker = 0;           ///< its number in the pool, from 0
  int pid = 0;              ///< 0 for a thread
  double start = unknown;   ///< from the beginning of the pool's construction until it was ready: before the region
  double idle = unknown;    ///< from the region's begin to its first chunk
  double wait = unknown;    ///< between chunks: waiting for work, fetching it, handing over results
  double work = unknown;    ///< inside chunks
  double stop = unknown;    ///< from its last chunk to the region's end
  double user = unknown;    ///< CPU time in user mode inside chunks
  double system = unknown;  ///< CPU time in the kernel inside chunks
  double dispatch =
      unknown;  ///< CPU time of any kind outside chunks: the queue, decoding, copying; part of idle + wait + stop
  double run_queue = unknown;  ///< ready to run inside chunks, but not running (field 2 of schedstat)
  double retried = unknown;    ///< part of work whose results were thrown away, for chunks that ran again
  std::uint64_t chunks = 0;
  std::uint64_t items = 0;
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;
  std::uint64_t minor_faults = 0;
  std::uint64_t major_faults = 0;
  double peak_memory = unknown;  ///< largest resident set, bytes
  double pss = unknown;          ///< proportional set size at the end of its last chunk, bytes
};

/// chunk_span is one chunk on the time line. Times are seconds from the region's begin.
struct chunk_span {
  int worker = 0;
  std::uint64_t first = 0;  ///< index of its first item
  std::uint64_t items = 0;
  double begin = 0;
  double end = 0;
};

/// latencies are percentiles of how long chunks took inside workers, in seconds.
struct latencies {
  double p50 = unknown;
  double p90 = unknown;
  double p99 = unknown;
  double longest = unknown;
};

/// disturbance is what others did to the allowed CPUs during one repetition, as shares of them from 0 to 1.
struct disturbance {
  double steal = unknown;    ///< given to other guests by the hypervisor
  double foreign = unknown;  ///< used by processes that are not ours
};

/// repetition is one timed run of a cell. Times are in seconds.
struct repetition {
  std::uint64_t number = 0;      ///< within its cell, from 0
  std::uint64_t order = 0;       ///< its place in the order in which all repetitions of the run were made, from 0
  std::uint64_t block = 0;       ///< the random block it belongs to
  double begun = unknown;        ///< since the begin of the run
  double start = unknown;        ///< making the pool: before the timed region
  double wall = unknown;         ///< the timed region: first chunk sent to last result committed
  double stop = unknown;         ///< ending the pool: behind the timed region
  double user = unknown;         ///< CPU time of all our processes inside the region, in user mode
  double system = unknown;       ///< the same in the kernel
  double coordinator = unknown;  ///< the coordinator's part of user + system: encoding, dispatching, collecting
  std::uint64_t chunks = 0;      ///< sent, again or for the first time
  double bytes_in = unknown;     ///< copied to workers
  double bytes_out = unknown;    ///< copied back
  std::uint64_t items_failed = 0;
  std::uint64_t items_rerun = 0;
  std::uint64_t workers_lost = 0;
  double pss = unknown;  ///< largest sum of proportional set sizes of all our processes, segment included, sampled
  double peak_memory = unknown;  ///< sum of the processes' largest resident sets, bytes
  std::string hash;              ///< of the results; equal to the workload's hash, or error says so
  std::string error;             ///< why there is no time; empty when all went well
  disturbance disturbed;
  latencies chunk;
  std::vector<worker_account> workers;
  std::vector<chunk_span>
      spans;  ///< a time line for some repetitions, the first 2,000 chunks at most; empty for others
};

/// worker_numbers is how many numbers workers have: more than the cell's workers where some died, since a replacement
/// has a number, and an account, of its own.
inline int worker_numbers(const repetition& of, int workers) {
  return std::max(workers, static_cast<int>(of.workers.size()));
}

}  // namespace yoke::bench
