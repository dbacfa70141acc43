#pragma once

#include <yoke/capabilities.hpp>
#include <yoke/detail/chunk_call.hpp>
#include <yoke/errors.hpp>
#include <yoke/options.hpp>

#include "engine/end_cause.hpp"
#include "engine/worker_hooks.hpp"
#include "engine/worker_life.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace yoke::detail {

class array_memory;

/// chunk_message is one chunk on its way to a worker. All it points at must stay readable by workers until its event.
struct chunk_message {
  chunk_entry entry = nullptr;
  const void* closure = nullptr;     ///< in backend memory, or anywhere where capabilities().shares_memory
  std::uint64_t first = 0;           ///< index of the first item
  std::uint64_t count = 0;           ///< items in the chunk, at least 1
  const std::byte* input = nullptr;  ///< payload in backend memory, or null
  std::uint64_t input_bytes = 0;
  const cut_word* cut = nullptr;  ///< items from this index on are not wanted any more; in backend memory, or null
  std::uint64_t tag = 0;          ///< the engine's name for this chunk; comes back in its event; unique while in flight
  std::uint32_t attempt = 1;      ///< how often its first item has been started, this time included
  bool alone = false;             ///< run it in a worker that holds no other chunk
  bool resent = false;            ///< the same chunk was sent before: nothing has come of it yet
  bool guarded = false;           ///< interrupt() may end its running item
  bool single = false;            ///< a worker claims it by itself: it holds no other chunk up
  std::chrono::nanoseconds deadline{0};  ///< how long one item may run before it is ended; 0 = for ever
};

/// chunk_event is what became of a chunk: every chunk sent gets exactly one, unless recall() took it back.
struct chunk_event {
  enum class kind : std::uint8_t {
    finished,  ///< ran to its end, to the item that threw, or to the first that was not wanted any more
    lost,      ///< its worker died while item `first + items_done` was running
    returned,  ///< its worker died before starting it: nobody is to blame, send it again
    unknown,   ///< all workers were ended, and nobody knows what became of it: it may have been run
  };
  kind what = kind::finished;
  std::uint64_t tag = 0;
  std::uint64_t items_done = 0;           ///< items whose results are in `results`
  std::span<const std::byte> results{};   ///< valid until the sink returns
  std::span<const std::byte> error{};     ///< finished with an exception: its encoding; valid until the sink returns
  bool nudged = false;                    ///< finished before its end because of nudge(), in the middle or earlier
  bool failed = false;                    ///< finished with an exception, even where there was no room for its encoding
  int worker = 0;                         ///< pid of the worker, or index of the thread
  int signal = 0;                         ///< lost: the signal that ended the worker, or 0
  int exit_status = 0;                    ///< lost: its exit status where signal is 0
  end_cause cause = end_cause::own;       ///< lost: why the worker was ended, where that was on purpose
  const yoke::worker_end* end = nullptr;  ///< lost: the rest of how it ended, or null; valid until the sink returns
  std::chrono::nanoseconds started{0};    ///< CLOCK_MONOTONIC when the chunk began
  std::chrono::nanoseconds ended{0};      ///< and when it ended
  life_id life = {};                      ///< which of the workers that ever lived it was
  slow_items slowest{};                   ///< at insights_level::items; need not be true
};

/// chunk_sight is how far a worker is with a chunk that has no event yet.
struct chunk_sight {
  std::uint64_t begun = 0;  ///< items that have begun, those that are done included
  std::uint64_t done = 0;   ///< items that are done, as far as it is running; their results are in `results`
  std::span<const std::byte> results{};  ///< valid until the chunk's event
};

/// event_sink receives chunk events, inside backend::receive().
class event_sink {
 public:
  virtual void on_event(const chunk_event&) = 0;
  /// on_worker_end tells of a worker that was measured and has died, after the events of its chunks.
  virtual void on_worker_end(const worker_life& /*life*/) {}

 protected:
  ~event_sink() = default;
};

/// backend is the seam below scheduling: it runs chunks on workers, gives payload memory and says who died. No policy.
///
/// All calls but park() are made under the engine's lock, by one thread at a time. park() is called without it, by one
/// thread at a time, after arm() returned true.
class backend {
 public:
  virtual ~backend() = default;

  [[nodiscard]] virtual capabilities describe() const = 0;

  /// has_code tells whether workers can call the function at this address of the calling process.
  [[nodiscard]] virtual bool has_code(std::uintptr_t /*address*/) const { return true; }

  /// common_memory is what workers have at the same addresses as the calling process, while it is in use.
  [[nodiscard]] virtual std::span<const std::byte> common_memory() const { return {}; }

  /// arrays is the memory for shared arrays: every worker writes it at the same addresses as the calling process.
  /// Called without the engine's lock. Null where there is none.
  [[nodiscard]] virtual std::shared_ptr<array_memory> arrays() { return nullptr; }

  /// shares tells whether workers can read these bytes where they are: then they need not be sent.
  [[nodiscard]] virtual bool shares(std::span<const std::byte> /*bytes*/) const { return false; }

  /// check_original throws forked_copy in a child that the host forked. Called before any lock is taken.
  virtual void check_original() const {}

  /// allocate returns `bytes` of payload memory that every worker can read. Throws std::bad_alloc.
  virtual std::byte* allocate(std::size_t bytes) = 0;
  virtual void release(std::byte* memory, std::size_t bytes) noexcept = 0;

  /// send queues a chunk; false when there is no room now (try again after the next event).
  virtual bool send(const chunk_message& message) = 0;
  /// flush wakes the workers needed for what was sent since the last flush.
  virtual void flush() = 0;
  /// receive hands every event that is ready to `sink`, without waiting; returns how many. Throws pool_broken when
  /// workers cannot be kept alive any more, or the error of an initializer that keeps failing. The serial backend runs
  /// its chunk here.
  virtual std::size_t receive(event_sink& sink) = 0;
  /// runs_in_receive is true where chunks are run by whoever calls receive().
  [[nodiscard]] virtual bool runs_in_receive() const { return false; }
  /// recall takes a chunk back that no worker has claimed; false when it is too late (its event will come).
  virtual bool recall(std::uint64_t tag) = 0;

  /// look says how far a worker is with a chunk at this moment.
  [[nodiscard]] virtual chunk_sight look(std::uint64_t /*tag*/) const { return {}; }

  /// interrupt ends the item at `offset` of a `guarded` chunk; the event will be `lost`, unless the item ends first.
  /// False when no worker is running that item, or none can be ended.
  virtual bool interrupt(std::uint64_t /*tag*/, std::uint64_t /*offset*/) { return false; }
  /// interrupt without an offset is for whichever item of the chunk is being run.
  virtual void interrupt(std::uint64_t /*tag*/) {}

  /// measure says how closely workers look at themselves from now on.
  virtual void measure(insights_level /*level*/) {}
  /// survey shows all workers, but those that on_worker_end told of.
  virtual void survey(life_sink& /*sink*/) {}

  /// arm announces that the caller is about to park. False when there is something to receive already: do not park.
  virtual bool arm() = 0;
  /// park sleeps until a worker or the supervisor has news, `at_most` is over, or `also` (a descriptor, if not -1) is
  /// readable. May return early for no reason.
  virtual void park(std::chrono::nanoseconds at_most, int also) = 0;
  /// native_handle is the descriptor that news arrives at while park() polls it along with `also`; -1 where none comes.
  [[nodiscard]] virtual int native_handle() const = 0;

  /// announce has the first news from now on make native_handle() readable, while nobody parks; at once where there is
  /// some, or with `now`. hush makes it unreadable.
  virtual void announce(bool /*now*/) {}
  virtual void hush() {}

  /// nudge ends a park(), or the next one after an arm() that came before; where chunks are run in receive(), that ends
  /// before its next item, as if that were not wanted any more. Safe in any thread and signal handler.
  virtual void nudge() noexcept {}

  /// take_farewells returns what has come of finalizers since it was called last: of workers seen to be gone by
  /// receive(), or ended by stop().
  virtual std::vector<farewell> take_farewells() { return {}; }

  /// stop ends all workers: drain = after the chunks they hold, otherwise at once where they can be killed.
  virtual void stop(bool drain) noexcept = 0;
};

}  // namespace yoke::detail
