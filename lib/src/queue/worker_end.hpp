#pragma once

#include "engine/worker_hooks.hpp"
#include "queue/arena.hpp"
#include "queue/queue_layout.hpp"
#include "queue/spin_budget.hpp"
#include "queue/worker_account.hpp"

#include <array>
#include <chrono>
#include <cstdint>

namespace yoke::detail {

class code_map;

/// flush_output writes out what standard C and C++ streams hold back: a killed process loses it.
void flush_output();

/// worker_end is a worker's end of the queue: it claims chunks, runs them and commits their results.
///
/// The order of its steps is the crash protocol (README.md beside this file): between any two of them the worker may
/// die.
class worker_end {
 public:
  /// wiring is what a worker needs beside shared memory.
  struct wiring {
    int news = -1;   ///< the eventfd that a polling coordinator sleeps on
    int worker = 0;  ///< pid, or the thread's index: names the worker in what it reports
    /// It is a process: it flushes stdio after each chunk (a killed process loses what it buffers), sums up its results
    /// and leaves when the queue is damaged.
    bool own_process = false;
    const code_map* code = nullptr;  ///< where the coordinator's code is here; null: at the same addresses
  };

  /// Sits down in `seat_index` for its life `incarnation`.
  worker_end(const queue_layout& layout, segment& home, std::uint32_t seat_index, std::uint32_t incarnation,
             const wiring& wires);

  /// begin runs the initializer, and says whether it returned: if not, the coordinator will hear of it. To be called
  /// first, also where there is none.
  bool begin(const hook& initializer);
  /// depart runs the finalizer and leaves to the coordinator what comes of it. To be called last.
  void depart(const hook& finalizer);

  /// run_claimed claims its share of the ring, at most a batch or `most_chunks`, and runs it. Returns the number of
  /// chunks run.
  std::size_t run_claimed(std::uint64_t most_chunks = claim_batch);

  /// is_stale is true when the next chunk asks for a fresh worker, and this one has run something: leave.
  [[nodiscard]] bool is_stale() const { return stale_; }

  /// items_run is how many items this worker has run in its life.
  [[nodiscard]] std::uint64_t items_run() const { return items_run_; }

  /// wait sleeps until there may be work. False when the queue is closing and empty: leave.
  bool wait();

  /// leave is to be called last: what the worker does from here on is its end.
  void leave() { account_.leaves(); }

 private:
  bool leave_note(const hook& called);
  std::size_t claim(std::uint64_t most);
  [[nodiscard]] bool kill_holder() const;
  bool claim_one(const hint& wanted, std::size_t position);
  void run(std::size_t position);
  [[nodiscard]] chunk_entry entry_here(chunk_entry entry) const;
  void wait_for_room(std::uint64_t tail);
  bool commit(const hint& done);
  [[nodiscard]] bool work_in_sight() const;
  bool spin();

  const queue_layout& layout_;
  claim_words& claims_;
  coordinator_words& coordinator_;
  seat_control& control_;
  seat& seat_;
  std::uint32_t index_;
  std::uint32_t incarnation_;
  std::array<hint, claim_batch> held_{};  // a copy of the intents, out of the reach of whoever writes over them
  std::uint64_t items_run_ = 0;
  bool stale_ = false;
  std::uint64_t epoch_ = 0;  // chunks run in this life
  wiring wires_;
  arena arena_;
  account_keeper account_;
  spin_budget budget_;
};

}  // namespace yoke::detail
