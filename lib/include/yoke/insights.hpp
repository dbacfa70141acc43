#pragma once

#include <yoke/options.hpp>

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <vector>

namespace yoke {
inline namespace v0 {

/// worker_insights is what one worker did, from its birth to its end or to the moment of asking.
///
/// start + idle + wait + work + stop is its wall(), to the nanosecond. What the processor did for it is its own report
/// and that of the kernel about its thread: threads that a task starts are not in it. A worker reports before its chunk
/// counts as finished, at most every 50 us, so these figures lag that much behind the times. Run-queue wait is read at
/// most every millisecond.
struct worker_insights {
  int worker = 0;            ///< pid, or index of the thread; -1 where these are several that have ended
  std::uint32_t lives = 1;   ///< how many workers these are: the oldest of those that have ended are told as one
  bool ended = false;        ///< it is gone
  std::uint64_t chunks = 0;  ///< chunks run to their end, or to the item that failed
  std::uint64_t items = 0;   ///< items whose results were delivered
  std::chrono::nanoseconds start{0};           ///< from its birth until it first looked for work
  std::chrono::nanoseconds idle{0};            ///< there was no call in the pool
  std::chrono::nanoseconds wait{0};            ///< a call was going on, and this worker had no chunk of it
  std::chrono::nanoseconds work{0};            ///< inside chunks
  std::chrono::nanoseconds stop{0};            ///< from its decision to leave until it was gone
  std::chrono::nanoseconds user{0};            ///< CPU time of the program's own code
  std::chrono::nanoseconds system{0};          ///< CPU time of the kernel on its behalf
  std::chrono::nanoseconds run_queue_wait{0};  ///< ready to run, with no CPU to run on; 0 where the kernel does not say
  std::uint64_t voluntary_switches = 0;        ///< it had to wait for something
  std::uint64_t involuntary_switches = 0;      ///< another thread was given its CPU
  std::uint64_t minor_faults = 0;              ///< pages that came without reading from a disk
  std::uint64_t major_faults = 0;              ///< pages that had to be read
  std::uint64_t peak_memory = 0;  ///< bytes resident at most: of a process with all it shares, of threads all together

  [[nodiscard]] constexpr std::chrono::nanoseconds wall() const { return start + idle + wait + work + stop; }
  [[nodiscard]] constexpr std::chrono::nanoseconds cpu() const { return user + system; }
};

/// item_insight is one of the items that took longest.
struct item_insight {
  std::uint64_t call = 0;  ///< which call of the pool, counted from 1
  std::uint64_t item = 0;  ///< its index there
  std::chrono::nanoseconds took{0};
  int worker = 0;
};

/// chunk_span is one chunk on the time line of its worker.
struct chunk_span {
  int worker = 0;
  std::uint64_t call = 0;             ///< which call of the pool, counted from 1
  std::uint64_t first = 0;            ///< index of its first item
  std::uint64_t count = 0;            ///< items it had
  std::uint64_t done = 0;             ///< items it finished: fewer where one failed
  std::chrono::nanoseconds began{0};  ///< CLOCK_MONOTONIC, as std::chrono::steady_clock
  std::chrono::nanoseconds ended{0};
};

/// insights is what a pool did since it was constructed, or since pool::reset_insights(). The items of all its workers
/// add up to items_done.
struct insights {
  insights_level level = insights_level::off;  ///< below `counters`, the totals are all there is
  std::chrono::nanoseconds began{0};           ///< CLOCK_MONOTONIC, when counting began
  std::chrono::nanoseconds wall{0};            ///< since then

  std::uint64_t calls = 0;         ///< calls that have ended
  std::uint64_t items_done = 0;    ///< items whose results were delivered
  std::uint64_t items_failed = 0;  ///< items that threw, or were lost for good
  std::uint64_t items_rerun = 0;   ///< items that ran again because their worker died
  std::uint64_t chunks_sent = 0;   ///< chunks given to workers, again or for the first time
  std::uint64_t chunks_rerun = 0;  ///< of these, sent again because their worker died before it came to them
  std::uint64_t workers_lost = 0;  ///< workers that died in the middle of an item
  std::uint64_t bytes_in = 0;      ///< bytes of items copied to where workers read them, each time they were sent
  std::uint64_t bytes_out = 0;     ///< bytes of results copied from where workers wrote them

  std::vector<worker_insights> workers;  ///< the living, by name; then those that have ended, the latest 256 one by one
  std::vector<item_insight> slowest;     ///< at most 10, the slowest first: see insights_level
  std::vector<chunk_span> timeline;      ///< the first 262,144 chunks, in the order of their delivery
  std::uint64_t left_out = 0;            ///< chunks that the time line has no room for

  /// total is the sum over all workers; its peak_memory is the largest of all, its worker -1.
  [[nodiscard]] worker_insights total() const;
};

/// write_chrome_trace writes the time line as JSON for chrome://tracing or ui.perfetto.dev: one row per worker, one
/// slice per chunk, named by its items. Times are microseconds since `seen.began`. Errors are left to the stream.
///
///     yoke::pool pool{{.insights = yoke::insights_level::timeline}};
///     pool.map(items, task);
///     std::ofstream file{"trace.json"};
///     yoke::write_chrome_trace(file, pool.insights());
void write_chrome_trace(std::ostream& out, const insights& seen);

}  // namespace v0
}  // namespace yoke
