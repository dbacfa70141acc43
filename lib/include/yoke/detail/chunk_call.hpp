#pragma once

#include <yoke/detail/byte_sink.hpp>
#include <yoke/detail/item_timer.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace yoke::detail {

/// doomed ends a worker whose running item was given up while it ran: what it made of it is not wanted any more.
[[noreturn]] void doomed() noexcept;

/// progress_words are where a worker publishes how far it is inside its chunk. They lie in its seat; it writes them,
/// and the supervisor sets the doom bit by CAS.
struct progress_words {
  /// epoch (31 bits, new for each chunk) | doomed (1) | ended (1) | offset of the running item, or, once the chunk has
  /// ended, of the first one that was not run (31); release after `bytes`.
  std::atomic<std::uint64_t> item;
  /// result bytes of the items before item k, at [k % 2]: writing item k + 1's leaves those of k as they were.
  std::array<std::atomic<std::uint64_t>, 2> bytes;
  /// bytes of each result where they are all alike, or 0: then `bytes` is not written.
  std::atomic<std::uint64_t> stride;

  /// bytes_before is where the results of the items before `offset` end. Looked at while the worker runs: `acquire`.
  [[nodiscard]] std::uint64_t bytes_before(std::uint64_t offset,
                                           std::memory_order order = std::memory_order_relaxed) const {
    const std::uint64_t each = stride.load(order);
    return each != 0 ? each * offset : bytes[offset % 2].load(order);
  }

  static constexpr std::uint64_t doom_bit = std::uint64_t{1} << 32;
  static constexpr std::uint64_t ended_bit = std::uint64_t{1} << 31;
  static constexpr std::uint64_t offset_mask = ended_bit - 1;
  static constexpr int epoch_shift = 33;
};

/// item_marks publishes a worker's progress, so that a death blames one item and keeps the finished ones.
class item_marks {
 public:
  /// Starts at item 0 of the chunk run in `epoch`. `timer` is null unless items are timed. `guarded` marks can be
  /// doomed: ending an item is then a CAS, so that a kill meant for one item never hits the next.
  item_marks(progress_words& words, std::uint64_t epoch, bool guarded, item_timer* timer = nullptr)
      : words_{&words},
        timer_{timer},
        epoch_{epoch << progress_words::epoch_shift},
        current_{epoch_},
        guarded_{guarded} {
    words_->stride.store(0, std::memory_order_relaxed);
    words_->bytes[0].store(0, std::memory_order_relaxed);
    // An item that ended by throwing may have been doomed after its end: then this worker is about to be killed.
    if ((words_->item.exchange(current_, std::memory_order_acq_rel) & progress_words::doom_bit) != 0) doomed();
  }

  /// fixed_results says, before the first item, that each result has `bytes` bytes: begin(offset) is enough then.
  void fixed_results(std::uint64_t bytes) { words_->stride.store(bytes, std::memory_order_relaxed); }

  /// begin says that the item with this offset in the chunk starts now, the results so far filling `bytes_so_far`.
  void begin(std::uint64_t offset, std::uint64_t bytes_so_far) {
    words_->bytes[offset % 2].store(bytes_so_far, std::memory_order_relaxed);
    begin(offset);
  }
  [[gnu::always_inline]] void begin(std::uint64_t offset) {
    if (timer_ != nullptr) timer_->begin(offset);
    move_to(epoch_ | offset);
  }

  /// end says that the chunk ends before the item with this offset: it is not running, and none behind it.
  void end(std::uint64_t offset, std::uint64_t bytes_so_far) {
    words_->bytes[offset % 2].store(bytes_so_far, std::memory_order_relaxed);
    move_to(epoch_ | progress_words::ended_bit | offset);
  }

  /// timed says that the beginning of each item is wanted, also where nothing can be lost.
  [[nodiscard]] bool timed() const { return timer_ != nullptr; }

 private:
  // A guarded move comes, for all threads, before whatever the worker looks at next: see task_order.
  [[gnu::always_inline]] void move_to(std::uint64_t next) {
    if (!guarded_) {
      words_->item.store(next, std::memory_order_release);
    } else if (std::uint64_t expected = current_;  // a member whose address is taken would not stay in a register
               !words_->item.compare_exchange_strong(expected, next)) {
      doomed();
    }
    current_ = next;
  }

  progress_words* words_;
  item_timer* timer_;
  std::uint64_t epoch_;  // the word of item 0
  std::uint64_t current_;
  bool guarded_;
};

class code_map;

/// cut_word is the index of the first item of a job that is not wanted any more. Written by the coordinator.
using cut_word = std::atomic<std::uint64_t>;

/// never_cut is the word of chunks whose job has none: every item is wanted.
inline constinit const cut_word never_cut{~std::uint64_t{0}};

/// chunk_call is what a worker hands to a job's entry: where the input is and where results go.
///
/// Every entry calls marks.begin() before each item, appends each item's result to `results`, and returns normally when
/// all items are done, or before item k when that is not wanted any more, with items_done = k. When item k throws, the
/// entry truncates `results` to the bytes of the k finished items, sets items_done = k and failed = true, appends the
/// encoded error, and returns. An exception that leaves an entry is a bug.
struct chunk_call {
  const void* closure;        ///< the job's closure bytes, readable in this worker
  std::uint64_t first;        ///< index of the chunk's first item in its job
  std::uint64_t count;        ///< number of items
  const std::byte* input;     ///< the chunk's payload, or null where items are found through the closure
  std::uint64_t input_bytes;  ///< size of that payload
  byte_sink& results;         ///< where results are appended
  item_marks& marks;          ///< where progress is published

  std::uint64_t items_done = 0;    ///< out: items finished; `count` unless one failed or was not wanted
  std::uint64_t result_bytes = 0;  ///< out: bytes of results; what `results` holds beyond them is the encoded error
  bool failed = false;             ///< out: item first + items_done threw

  int worker = 0;                    ///< pid of the worker, or index of the thread
  const code_map* code = nullptr;    ///< where the caller's code is in this worker; null: at the same addresses
  const cut_word* cut = &never_cut;  ///< looked at between items

  /// wants tells whether the item with this offset in the chunk has to be run.
  [[nodiscard]] bool wants(std::uint64_t offset) const { return first + offset < cut->load(std::memory_order_relaxed); }
};

/// finish_chunk notes that all items of a chunk are done; or, with `done`, that the items before that one are, the
/// others being not wanted any more. `bytes` is what the results of those fill.
void finish_chunk(chunk_call& call);
void finish_chunk(chunk_call& call, std::uint64_t done, std::uint64_t bytes);

/// fail_chunk notes that the exception being handled ended a chunk at its item `done`; the results of the items before
/// it are the first `bytes` bytes.
void fail_chunk(chunk_call& call, std::uint64_t done, std::uint64_t bytes) noexcept;

/// code_here returns where the function that the caller has at `there` is in the worker that runs `call`.
[[nodiscard]] std::uintptr_t code_here(const chunk_call& call, std::uintptr_t there);

/// is_function_pointer is true of callables whose value is an address in the program, and nothing else.
template <class Callable>
inline constexpr bool is_function_pointer =
    std::is_pointer_v<Callable>&& std::is_function_v<std::remove_pointer_t<Callable>>;

/// callable_here returns a callable as the worker that runs `call` may call it.
template <class Callable>
decltype(auto) callable_here(const chunk_call& call, const Callable& sent) {
  if constexpr (is_function_pointer<Callable>) {
    return reinterpret_cast<Callable>(code_here(call, reinterpret_cast<std::uintptr_t>(sent)));
  } else {
    return (sent);
  }
}

/// chunk_entry runs one chunk. It is a template's instantiation per callable and item type: an address in the program's
/// image, the same in every process forked from it. A program executed anew has the image elsewhere: see code_here.
using chunk_entry = void (*)(chunk_call&);

}  // namespace yoke::detail
