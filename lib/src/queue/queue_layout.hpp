#pragma once

#include <yoke/detail/chunk_call.hpp>

#include "engine/end_cause.hpp"
#include "memory/segment.hpp"
#include "queue/collector_bell.hpp"
#include "queue/state_word.hpp"
#include "queue/worker_account.hpp"
#include "sys/doorbell.hpp"
#include "sys/robust_mutex.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace yoke::detail {

using shared_word = std::atomic<std::uint64_t>;
static_assert(shared_word::is_always_lock_free);

inline constexpr std::uint32_t claim_batch = 8;     ///< chunks one claim may take
inline constexpr std::uint32_t done_capacity = 64;  ///< records in a seat's done-ring; a power of two

/// claim_words are what all workers write: the ring's head under its lock, and the bell of the coordinator.
struct claim_words {
  alignas(64) shared_word canary;   ///< `alive` for ever: a task that writes over the queue is found out
  alignas(64) robust_mutex lock;    ///< guards head; first and only lock of the queue, held for tens of ns
  alignas(64) shared_word head;     ///< next ring entry to claim; written under the lock, read by all
  alignas(64) shared_word spinner;  ///< seat + 1 of the one worker that spins for work; who counts on it resets it
  alignas(64) collector_bell bell;
  alignas(64) shared_word last_canary;

  static constexpr std::uint64_t alive = 0x796f'6b65'796f'6b65;
};

/// chunk_slot is one chunk's state_word, alone on its cache line.
struct alignas(64) chunk_slot {
  shared_word state;
};

/// coordinator_words are written by the coordinator only.
struct coordinator_words {
  alignas(64) shared_word tail;           ///< one past the last ring entry; release after the entry
  alignas(64) std::atomic<bool> closing;  ///< workers leave when the ring is empty
  shared_word first_sends;                ///< chunks sent for the first time: a sign that work goes on
  shared_word shortest_deadline;          ///< ns, of all chunks in flight; 0 = none has one
  std::atomic<int> cpu;                   ///< where the coordinator last woke somebody
  std::atomic<insights_level> insights;   ///< what workers are to measure
};

/// breakdown is why no worker will be started any more.
enum class breakdown : std::uint8_t {
  none,
  deaths,        ///< workers die, and nothing comes of the work
  false_starts,  ///< workers fail before they have begun
};

/// supervisor_words are written by the supervisor only.
struct supervisor_words {
  alignas(64) shared_word deaths;  ///< worker lives ended; release after the seat is marked dead
  std::atomic<bool> starved;       ///< a replacement waits for a free seat: send a message when one is freed
  std::atomic<breakdown> broken;   ///< the breaker is open
};

/// chunk_descriptor says what a chunk is. Written by the coordinator while the slot is free, read by the claimer.
struct alignas(64) chunk_descriptor {
  chunk_entry entry;
  const void* closure;
  std::uint64_t first;
  std::uint64_t count;
  const std::byte* input;
  std::uint64_t input_bytes;
  const cut_word* cut;    ///< items from this index on are not wanted any more; may be null
  std::int64_t deadline;  ///< ns that one item may take; 0 = for ever
  bool guarded;           ///< its items can be ended on purpose
};

/// seat_life says which incarnation sits in a seat. Changes: coordinator dead -> free, supervisor free -> live -> dead.
struct seat_life {
  enum kind : std::uint32_t { free, live, dead };
  kind what = free;
  std::uint32_t incarnation = 0;

  [[nodiscard]] constexpr std::uint64_t pack() const { return (std::uint64_t{incarnation} << 2) | what; }
  [[nodiscard]] static constexpr seat_life unpack(std::uint64_t word) {
    return {static_cast<kind>(word & 3), static_cast<std::uint32_t>(word >> 2)};
  }
};

/// seat_control is the side of a seat that its worker only reads.
struct alignas(64) seat_control {
  shared_word life;                  ///< a packed seat_life
  shared_word delivered;             ///< done records taken; coordinator
  std::atomic<std::int32_t> pid;     ///< of the last incarnation; supervisor
  std::atomic<std::int32_t> signal;  ///< how the last incarnation ended; supervisor, before life says dead
  std::atomic<std::int32_t> exit_status;
  std::atomic<end_cause> cause;      ///< why; supervisor
  std::atomic<bool> stop_requested;  ///< the running item is doomed: a polite task leaves now; supervisor
  std::atomic<std::int64_t> born;    ///< ns, CLOCK_MONOTONIC: when this incarnation was; supervisor
  std::atomic<std::int64_t> ended;   ///< when it was found dead, or 0; supervisor, before life says dead
};

/// obituary is the rest of how the last incarnation of a seat ended. Supervisor, before life says dead.
struct alignas(64) obituary {
  static constexpr std::size_t most_words = 2048;

  std::atomic<std::int64_t> user_time;    ///< ns
  std::atomic<std::int64_t> system_time;  ///< ns
  shared_word peak_memory;                ///< bytes
  std::atomic<std::uint32_t> words;       ///< bytes used of last_words
  std::array<char, most_words> last_words;
};

/// done_record is one finished chunk, written by the worker before its commit CAS.
struct alignas(64) done_record {
  std::uint64_t hint;
  std::uint64_t offset;  ///< of the results in the seat's arena
  std::uint64_t result_bytes;
  std::uint64_t total_bytes;  ///< results, then the encoded error of a failed item
  std::uint64_t items_done;
  std::int64_t started;  ///< ns, CLOCK_MONOTONIC
  std::int64_t ended;
  std::int32_t worker;  ///< pid, or the thread's index
  std::uint32_t failed;
  std::uint64_t checksum;  ///< of all the above and the results; 0 where workers are threads
  slow_items slowest;      ///< at insights_level::items
};
static_assert(offsetof(done_record, checksum) == 64, "what is summed up has no padding");

/// running_words say what a worker is doing; a dead worker's last words. The hint is stored (release) after the others.
struct running_words {
  shared_word hint;         ///< the chunk being run, or 0
  shared_word offset;       ///< where in the arena its results begin
  progress_words progress;  ///< the item being run; offset == count after the last
};

/// sleep_word is how deep a worker sleeps. It goes asleep by CAS after its last look, so that a ring is counted only
/// for one that has nothing else to look at.
enum class sleep_word : std::uint32_t { up, looking, asleep };

/// worker_stage is where a worker is in its life. The coordinator sets it back once the worker is dead.
enum class worker_stage : std::uint32_t {
  beginning,  ///< in its initializer, or before
  not_begun,  ///< the initializer threw: the note is the error
  working,
  ending,  ///< in its finalizer
  ended,   ///< the note is what came of the finalizer
};

/// seat is what one worker incarnation writes, and nobody else but the coordinator once the incarnation is dead.
struct seat {
  alignas(64) std::atomic<sleep_word> parked;  ///< the worker sleeps on `bell`, or is about to; a ringer resets it
  doorbell bell;                               ///< look for work again
  alignas(64) running_words running;
  alignas(64) std::array<shared_word, claim_batch> intents;  ///< hints of the chunks claimed, or about to be
  alignas(64) shared_word done_tail;                         ///< done records published, ever; release after the record
  worker_account account;
  std::array<done_record, done_capacity> done;
  std::atomic<worker_stage> stage;  ///< release after the note
  done_record note;                 ///< of a hook: a record without a chunk
};

/// Exit statuses of our own processes, outside of what tasks commonly use.
inline constexpr int exit_doomed = 112;        ///< a worker whose item was ended on purpose
inline constexpr int exit_queue_broken = 113;  ///< a worker found the queue damaged
inline constexpr int exit_orphaned = 114;      ///< the parent was gone before the death signal was armed
inline constexpr int exit_internal = 115;      ///< an exception reached the outermost frame
inline constexpr int exit_retired = 116;       ///< a worker that has done what one may do: replace it
inline constexpr int exit_not_begun = 117;     ///< the initializer of a worker threw

/// queue_shape is the number of seats and chunk slots of a queue.
struct queue_shape {
  std::uint32_t workers = 1;
  std::uint32_t seats = 1;     ///< workers and spares, below 2^13
  std::uint32_t slots = 1024;  ///< chunks in flight at most; a power of two

  /// for_workers gives the shape for so many workers and spare seats.
  static queue_shape for_workers(std::uint32_t workers, std::uint32_t spares);
};

/// queue_layout finds the parts of a queue in the memory it lives in: a shared segment or private memory.
///
/// The memory is laid out in areas of whole pages, by who may write them: all workers; coordinator and supervisor; one
/// area per seat; one arena per seat; and, behind them, the coordinator's payload memory and the
/// shared arrays, which all workers write.
class queue_layout {
 public:
  struct range {
    std::size_t offset = 0;
    std::size_t bytes = 0;
  };

  /// Lays a queue of `shape` out over `bytes` bytes at `base`. Throws too_large where they do not suffice.
  queue_layout(std::byte* base, std::size_t bytes, queue_shape shape);

  /// construct makes the shared objects, in zeroed and committed memory. Once, by the coordinator.
  void construct() const;

  [[nodiscard]] const queue_shape& shape() const { return shape_; }
  [[nodiscard]] std::uint32_t ring_mask() const { return 2 * shape_.slots - 1; }

  [[nodiscard]] claim_words& claims() const { return at<claim_words>(shared_.offset); }
  [[nodiscard]] chunk_slot& slot(std::uint32_t index) const { return (&at<chunk_slot>(slots_))[index]; }
  [[nodiscard]] coordinator_words& coordinator() const { return at<coordinator_words>(private_.offset); }
  [[nodiscard]] supervisor_words& supervisor() const { return at<supervisor_words>(supervisor_); }
  [[nodiscard]] seat_control& control(std::uint32_t index) const { return (&at<seat_control>(controls_))[index]; }
  [[nodiscard]] obituary& obituary_of(std::uint32_t index) const { return (&at<obituary>(obituaries_))[index]; }
  [[nodiscard]] chunk_descriptor& descriptor(std::uint32_t index) const {
    return (&at<chunk_descriptor>(descriptors_))[index];
  }
  [[nodiscard]] shared_word& ring(std::uint64_t position) const {
    return (&at<shared_word>(ring_))[position & ring_mask()];
  }
  [[nodiscard]] seat& seat_at(std::uint32_t index) const { return at<seat>(seat_range(index).offset); }
  [[nodiscard]] std::byte* arena(std::uint32_t index) const { return base_ + arena_range(index).offset; }

  [[nodiscard]] range shared_range() const { return shared_; }  ///< written by all workers
  [[nodiscard]] range control_range() const { return {0, seats_ + shape_.seats * seat_bytes()}; }  ///< to be committed
  [[nodiscard]] range seat_range(std::uint32_t index) const { return {seats_ + index * seat_bytes(), seat_bytes()}; }
  [[nodiscard]] range arena_range(std::uint32_t index) const { return {arenas_ + index * arena_bytes_, arena_bytes_}; }
  [[nodiscard]] range payload_range() const { return payload_; }
  [[nodiscard]] range arrays_range() const { return arrays_; }  ///< written by all workers

 private:
  template <class T>
  [[nodiscard]] T& at(std::size_t offset) const {
    return *reinterpret_cast<T*>(base_ + offset);
  }
  static std::size_t seat_bytes() { return (sizeof(seat) + page_size() - 1) / page_size() * page_size(); }

  std::byte* base_;
  queue_shape shape_;
  range shared_, private_, payload_, arrays_;
  std::size_t slots_, supervisor_, controls_, obituaries_, descriptors_, ring_, seats_, arenas_, arena_bytes_;
};

}  // namespace yoke::detail
