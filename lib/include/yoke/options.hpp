#pragma once

#include <yoke/backend.hpp>
#include <yoke/progress.hpp>
#include <yoke/worker_hook.hpp>

#include <bit>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace yoke {
inline namespace v0 {

/// start says how the worker processes of a pool come to be.
enum class start : std::uint8_t {
  fork,  ///< as copies of the program as it is now; the program must have one thread at that moment
  exec,  ///< from the program executed anew, as it is at the start of main; any number of threads may run
};

/// insights_level says how closely a pool is watched, for pool::insights(). Each level includes those before.
enum class insights_level : std::uint8_t {
  off,       ///< totals only, which cost nothing
  counters,  ///< what each worker did; of the slowest items, those that were a chunk of their own
  timeline,  ///< when each chunk ran
  items,     ///< of the slowest items, the slowest three of each chunk: one reading of the clock, 20 ns, for each item
};

/// pool_options says how a pool is built.
///
///     yoke::pool pool{{.backend = yoke::backend::threads, .workers = 4}};
///
/// Some members are for processes only. Where another backend could not keep what they promise (start::exec,
/// worker_program, memory_per_worker, items_per_worker, pin_workers, nice, environment, threads_per_worker) it refuses
/// them with std::invalid_argument; direct_stderr, backtraces and the deadlines of hooks have no effect there.
struct pool_options {
  /// backend is what runs the tasks.
  yoke::backend backend = yoke::backend::processes;
  /// workers is how many run at once, 1 to 4096; 0 means one per usable CPU, by affinity mask and cgroup quota.
  int workers = 0;
  /// start is how processes come to be. With start::exec main has to begin with yoke::worker_entry, workers see globals
  /// as they are there and the environment as it was there, and tasks may capture plain values only: what refers to
  /// memory of the program, constants and `yoke::fresh` included, is a capture_error. Processes only.
  yoke::start start = yoke::start::fork;
  /// worker_program is the path of another program to execute under start::exec, where main is not yours to change; it
  /// has to begin with yoke::worker_entry. Tasks must be code of a shared library that both programs have loaded, in
  /// one build. Empty: the program itself.
  std::string worker_program = {};
  /// strict_captures makes threads and serial refuse the captures that processes refuse: a callable that returns void
  /// and points into private writable memory. Switch it on where a program may move to processes one day.
  bool strict_captures = false;
  /// memory_per_worker is how many bytes of its own a worker may use; 0 means as many as there are. A worker found
  /// above between two chunks is replaced, and nothing is lost. One found above twice as much while it runs an item
  /// is ended, and the item has crashed; it is looked at every 20 ms, so what is given back sooner may pass. Where
  /// the pool may make memory control groups (v1, or v2 in a delegated group: `yoke doctor` says so), each worker is
  /// in one: what its tasks start counts as its own, and the kernel ends what grows faster than anybody can look.
  /// Elsewhere far above (four times the address space) an allocation in a task fails with std::bad_alloc, and what a
  /// task starts has limits of its own. Processes only.
  std::uint64_t memory_per_worker = 0;
  /// items_per_worker is how many items a worker runs before a fresh one takes its place, as after a leak in a library;
  /// 0 means no such limit. Workers change between chunks: with {.chunk = 1} it is exact. Processes only.
  int items_per_worker = 0;
  /// pin_workers binds each worker to one CPU. Processes only.
  bool pin_workers = false;
  /// nice is how much nicer than the program workers are to the rest of the machine, 0 to 19. Processes only.
  int nice = 0;
  /// direct_stderr gives workers the program's own standard error. Otherwise it reaches them through a pipe, and
  /// worker_lost knows what a worker wrote last; but it is no terminal to them then. Processes only.
  bool direct_stderr = false;
  /// insights is what pool::insights() will know.
  insights_level insights = insights_level::off;
  /// environment holds variables that have other values in workers than in the program:
  /// `.environment = {{"TMPDIR", "/scratch"}}`. What is not named stays as it is. Processes only.
  std::map<std::string, std::string> environment = {};
  /// threads_per_worker is how many threads parallel libraries may start inside one task: with one per CPU in each
  /// worker they would be in each other's way. Workers have OMP_NUM_THREADS, OPENBLAS_NUM_THREADS, MKL_NUM_THREADS,
  /// BLIS_NUM_THREADS and NUMEXPR_NUM_THREADS set to it where those are not set already, by the program's environment
  /// or the one above, and OpenMP is told. 0 leaves them as they are. Processes only; with start::fork, libraries other
  /// than OpenMP that were loaded before have read theirs already.
  int threads_per_worker = 1;
  /// initializer is called by each worker before its first item, by one that takes the place of another too, and by
  /// processes forked for one call:
  ///
  ///     yoke::pool pool{{.initializer = [] { open_log(); }}};
  ///
  /// Where it throws, or ends its worker, another worker tries; after three failures in a row, with no success of any
  /// worker in between, the pool has given up, and calls throw the last error. Of SIGKILL and SIGTERM, which may come
  /// from elsewhere, it takes 16. What workers see of the program is as in `pool`; with start::exec it has to be code
  /// and plain values, as a task: capture_error. Threads call it all at the same time; a serial pool calls it in the
  /// first call of the pool.
  worker_initializer initializer = {};
  /// initializer_deadline ends a worker that is still in its initializer then; 0: never. Processes only.
  std::chrono::nanoseconds initializer_deadline{0};
  /// finalizer is called by each worker that has begun, after its last item, when it ends in order: when the pool is
  /// joined, or destroyed while no call is going on, and at items_per_worker. One that is killed calls nothing. What it
  /// returns is for pool::finalizer_results; else it is like the initializer.
  worker_finalizer finalizer = {};
  /// finalizer_deadline ends a worker that is still in its finalizer then; 0: never. The end of a pool waits as long,
  /// join_for too. Processes only.
  std::chrono::nanoseconds finalizer_deadline = std::chrono::seconds{5};
  /// backtraces makes a worker that crashes, or is ended at a deadline, write to standard error which calls it was in,
  /// the innermost last, so that worker_lost and task_timeout quote the end of it. Functions of the program itself are
  /// named where it is linked with -rdynamic, else their addresses are for addr2line. Where an exception was thrown is
  /// not known: what it unwound is gone. Processes only.
  bool backtraces = false;
};

/// chunking says how many items are sent to a worker as one unit. Results never depend on it.
///
/// It converts from a number of items, so that `{.chunk = 100}` reads well. A number that is not positive is refused by
/// the call it is given to, with std::invalid_argument.
class chunking {
 public:
  /// policy names the ways to choose.
  enum class policy : std::uint8_t {
    automatic,  ///< by time: from single items to 10 ms' worth, as they turn out to be long or short
    guided,     ///< a share of what is left: large chunks first, single items in the end
    fixed,      ///< always the same number
  };

  constexpr chunking() = default;
  constexpr chunking(policy kind) : kind_{kind}, items_{1} {}  // NOLINT(google-explicit-constructor)
  template <std::integral Integer>
  constexpr chunking(Integer items)  // NOLINT(google-explicit-constructor)
      : kind_{policy::fixed},
        items_{std::in_range<std::int64_t>(items) ? static_cast<std::int64_t>(items)
                                                  : std::numeric_limits<std::int64_t>::max()} {}

  [[nodiscard]] constexpr policy kind() const { return kind_; }
  /// items is the number given, where the policy is fixed.
  [[nodiscard]] constexpr std::int64_t items() const { return items_; }

 private:
  policy kind_ = policy::automatic;
  std::int64_t items_ = 1;
};

/// guided is the chunking `{.chunk = yoke::guided}`.
inline constexpr chunking guided{chunking::policy::guided};

/// rerun says what happens to an item whose worker was killed from outside (SIGKILL, SIGTERM) while running it.
enum class rerun : std::uint8_t {
  by_call,   ///< as the call promises: `external` for map and reduce, `never` for for_each
  external,  ///< it runs again, up to 64 times; so a body may run more than once, and its result is delivered once
  never,     ///< it fails with worker_lost: a body with side effects runs at most once
};

/// call_options says how one call of map, for_each or reduce runs. Every member may be left out.
///
///     pool.map(rows, render, {.chunk = 4, .attempts = 2});
struct call_options {
  /// chunk is how many items travel together.
  chunking chunk = {};
  /// rerun is for workers that are killed from outside.
  yoke::rerun rerun = yoke::rerun::by_call;
  /// attempts is how many runs an item may have whose task crashes its worker (a signal of its own, an exit), 1 to 64.
  /// Where it is more than 1, the last run has a fresh worker to itself.
  int attempts = 1;
  /// deadline is how long one item may run, at least 1 ms; 0 means for ever. An item that takes longer is ended with
  /// its worker and all that it started, and fails with task_timeout: it is asked to stop, 50 ms later terminated, 100
  /// ms later killed. Needs a backend that can kill (see capabilities).
  std::chrono::nanoseconds deadline{0};
  /// fresh runs the call on processes forked for it: they see globals and captured memory as they are now. It costs
  /// about a millisecond, and is ignored where workers share the caller's memory.
  bool fresh = false;
  /// leaf is, in reduce, how many neighbouring items make a leaf of the tree that results are joined in; 0 means
  /// leaf_size(n). Another leaf may round floating-point sums differently; nothing else does.
  std::uint64_t leaf = 0;
  /// progress is told how far the call has come, ten times a second at most and once more when it has ended, however it
  /// ends: in the thread that made the call, and while it runs that thread does nothing else, so keep it short. It may
  /// cancel() the pool or ask for its insights(). What it throws ends the call as cancel() does, and the call throws
  /// that. A call without items reports nothing. See yoke::progress_bar.
  progress_callback progress = {};
};

/// leaf_size returns how many neighbouring items make a leaf of a reduction, for `items` items: the smallest power of
/// two that makes at most 4096 leaves. It depends on nothing else, and so does the order of operations: the same bits
/// come out for any chunking, number of workers and backend.
///
/// A leaf's value is that of its runs of 8 items, joined from left to right, a run's that of its items (with a `fold`,
/// a leaf is one run); a tree node's is its left half's joined with its right half's, where the left half has as many
/// leaves as the largest power of two below the node's number of leaves.
constexpr std::uint64_t leaf_size(std::uint64_t items) {
  constexpr std::uint64_t most_leaves = 4096;
  return std::bit_ceil(items / most_leaves + (items % most_leaves != 0 ? 1 : 0) + (items == 0 ? 1 : 0));
}

/// fresh is for calls that need nothing else: `pool.map(items, task, yoke::fresh)`.
inline constexpr call_options fresh{.fresh = true};

}  // namespace v0
}  // namespace yoke
