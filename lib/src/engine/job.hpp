#pragma once

#include "engine/backend.hpp"
#include "engine/progress_watch.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <limits>
#include <span>

namespace yoke::detail {

/// job_rules are the promises of one job that the engine keeps: what runs again, and what an error does.
struct job_rules {
  std::uint64_t grain = 1;       ///< chunks begin and end at multiples of this many items
  bool keeps_partial = true;     ///< deliver() takes the finished items of a chunk that was cut short
  bool collects_errors = false;  ///< false: the first error by index ends the job; true: each one goes to fail()
  bool leaves_items = false;     ///< a chunk may end without an error before its last item: the others are sent again
  bool reruns_externals = true;  ///< items whose worker was killed from outside run again
  std::uint32_t attempts = 1;    ///< runs an item may have when it is its worker that crashes
};

/// job is one call of map, reduce, ... as the engine sees it: it supplies chunks and takes what became of them.
///
/// Items are numbered from 0 and supplied in rising order. The engine makes all calls under its lock; none may call
/// back into the same engine. An exception from next() or deliver() ends the job and arrives at wait() unchanged.
class job {
 public:
  enum class supply : std::uint8_t {
    chunk,    ///< `out` holds the next chunk
    pending,  ///< nothing yet: ask again later, at once when descriptor() is readable
    idle,     ///< nothing yet: whoever brings more pumps the engine
    end,      ///< nothing, ever
  };

  explicit job(const job_rules& rules) : rules_{rules} {}
  job(const job&) = delete;
  job& operator=(const job&) = delete;
  virtual ~job() = default;

  /// next fills in entry, closure, first, count and the payload of a new chunk. On std::bad_alloc nothing has changed
  /// and the engine asks again when memory has come back.
  virtual supply next(chunk_message& out) = 0;

  /// prepare gives `part`, a piece of an earlier chunk that has to run again, a payload of its own.
  virtual void prepare(chunk_message& part) = 0;

  /// discard takes back the payload of a chunk that no worker will read any more.
  virtual void discard(const chunk_message& chunk) noexcept = 0;

  /// divide may take a chunk of one item apart that crashed its worker, threw, or lost so many workers to kills from
  /// outside that it would run alone. True: next() supplies its parts as new items, and the payload of the chunk is the
  /// job's again.
  virtual bool divide(const chunk_message& chunk);

  /// deliver takes the results of `count` items from `first`; each item is delivered once, chunks in any order.
  virtual void deliver(std::uint64_t first, std::uint64_t count, std::span<const std::byte> results) = 0;

  /// fail takes the error of one item, under rules().collects_errors only.
  virtual void fail(std::uint64_t item, std::exception_ptr error);

  /// abandon tells that nothing will come of the items of a chunk: no worker has them any more. `error` says why; it is
  /// null where the job outlives a cancellation.
  virtual void abandon(const chunk_message& /*chunk*/, const std::exception_ptr& /*error*/) noexcept {}

  /// observe tells how long some items took, for chunk sizes by time. It comes before their deliver().
  virtual void observe(std::uint64_t first, std::uint64_t items, std::chrono::nanoseconds took);

  /// close is the last call a job gets, when it is settled: what is left of its payload memory goes back. `error` is
  /// what wait() will throw, or null.
  virtual void close(const std::exception_ptr& /*error*/) noexcept {}

  /// starved tells that there is no memory for the next chunk and none to come back. True: the job has given its first
  /// items up, and can go on. False ends the job with the error.
  virtual bool starved(const std::exception_ptr& /*error*/) { return false; }

  /// outlives_cancel is true of a job that goes on after a cancellation. It has given up what it had not supplied yet;
  /// what no worker has begun follows in abandon().
  virtual bool outlives_cancel() { return false; }

  /// rules_for are the rules for one item, where they differ in attempts and reruns_externals.
  [[nodiscard]] virtual job_rules rules_for(std::uint64_t /*item*/) const { return rules_; }

  /// index_in_call is what an error calls the item.
  [[nodiscard]] virtual std::uint64_t index_in_call(std::uint64_t item) const { return item; }

  /// is_idle is true while a job that may get more later has nothing under way.
  [[nodiscard]] virtual bool is_idle() const { return false; }

  /// backlog is about how long the workers are busy with so many chunks of the job before one has no other: nobody need
  /// look at what they finish meanwhile. 0 where that is not known, or results are awaited one by one.
  [[nodiscard]] virtual std::chrono::nanoseconds backlog(std::size_t /*under_way*/) const { return {}; }

  /// rest is how long a leader may sleep before it asks an idle job again; 0 when more has been brought.
  [[nodiscard]] virtual std::chrono::nanoseconds rest() const { return std::chrono::nanoseconds::max(); }

  /// window is how many chunks may be with the workers now.
  [[nodiscard]] virtual std::size_t window() const = 0;

  /// watch is who is told how far the job has come, or null.
  [[nodiscard]] virtual progress_watch* watch() { return nullptr; }

  /// descriptor is readable when a pending supply may have more; -1 where there is none.
  [[nodiscard]] virtual int descriptor() const { return -1; }

  /// request_cancel asks for the job's end: nothing new starts, what runs is settled, then wait() throws `cancelled`.
  /// May be called from any thread and from a signal handler.
  void request_cancel() noexcept { cancel_requested_.store(true, std::memory_order_relaxed); }

  [[nodiscard]] const job_rules& rules() const { return rules_; }

  /// is_settled tells whether nothing will come any more. Under the engine's lock.
  [[nodiscard]] bool is_settled() const { return settled_; }

 private:
  friend class engine;

  static constexpr std::uint64_t no_cut = std::numeric_limits<std::uint64_t>::max();

  const job_rules rules_;
  std::atomic<bool> cancel_requested_{false};
  std::atomic<std::uint64_t> done_{0};    // items delivered; written under the engine's lock, read without
  std::atomic<std::uint64_t> failed_{0};  // items that failed; likewise

  // The engine's own notes, guarded by its lock.
  std::deque<std::uint64_t> waiting_;  // tags of chunks to be sent (again), before anything new
  std::size_t in_flight_ = 0;
  std::uint64_t supplied_ = 0;     // items next() has given so far
  std::uint64_t cut_ = no_cut;     // nothing at or above this index is newly sent
  cut_word* shown_cut_ = nullptr;  // the same in backend memory, for workers; null where there was no room
  std::exception_ptr error_;
  std::uint64_t number_ = 0;        // among the calls of its pool, from 1
  std::uint32_t cancels_seen_ = 0;  // by the call that this is
  bool ended_ = false;              // next() has nothing more
  bool pending_ = false;            // next() has nothing now
  bool settled_ = false;
  bool heeded_ = false;  // the cancellation that lasts, having outlived it
};

}  // namespace yoke::detail
