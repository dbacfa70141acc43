#pragma once

#include <yoke/detail/completion.hpp>

#include "engine/backend.hpp"
#include "engine/cancel_switch.hpp"
#include "engine/counters.hpp"
#include "engine/job.hpp"
#include "engine/ledger.hpp"
#include "engine/observation.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace yoke::detail {

/// engine runs jobs on a backend: it keeps the ledger, fills the window, settles deaths and errors, and delivers.
///
/// It starts no thread. Whoever waits drives it: one waiting thread at a time *leads*, pumping and then parking on the
/// backend; the others sleep until what they wait for is there or the leader leaves. Jobs of many threads are served in
/// turn.
class engine final : private event_sink {
 public:
  explicit engine(backend& workers, const cancel_switch& cancels = never_cancelled);
  engine(backend& workers, const cancel_switch& cancels, observation_plan& watched);
  /// `scope` is whose tasks these are, where it is not the backend: see scope().
  engine(backend& workers, const cancel_switch& cancels, observation_plan& watched, const void* scope);
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  /// run submits a job and waits for it. `cancels_seen` is what the switch said when its call began.
  void run(job& work);
  void run(job& work, std::uint32_t cancels_seen);

  /// submit takes a job in and sends its first chunks without waiting. The job has to live until it is settled.
  /// Throws std::logic_error from inside one of this engine's own tasks or callbacks, and pool_broken.
  void submit(job& work);
  void submit(job& work, std::uint32_t cancels_seen);

  /// drive leads or follows until `done` holds or the time `until` is over; returns what `done` says at last. `done` is
  /// called under the engine's lock, also by other threads that lead meanwhile; it must not throw.
  /// Throws std::logic_error from inside one of this engine's own tasks or callbacks.
  bool drive(std::chrono::steady_clock::time_point until, const std::function<bool()>& done);

  /// wait drives the engine until the job is settled, then throws its error: the first by item index.
  void wait(job& work);

  /// give_up cancels a job and ends the items of it that are running, where workers can be ended. It does not wait.
  void give_up(job& work);

  /// poll does what can be done without waiting, for all jobs; then it runs the completions that are due.
  void poll();

  /// kick is poll() without the completions, and without running a chunk in this thread: for one who has brought work.
  void kick();

  /// interject calls `change` under the engine's lock, wakes whoever waits for what it changes, and runs the
  /// completions that are due.
  void interject(const std::function<void()>& change);

  /// look_again has all who wait look whether they are done. It may be called anywhere, also inside tasks of this
  /// engine, and does nothing else here.
  void look_again() noexcept;

  /// scope is what the call_scope of this engine's tasks and callbacks is marked with.
  [[nodiscard]] const void* scope() const noexcept { return scope_; }

  /// completions are what is due when the lock has been given back. To be used under the lock.
  [[nodiscard]] completion_list& completions() { return completions_; }

  /// has_begun tells whether a worker has begun an item of the job. Under the lock, as the next two.
  [[nodiscard]] bool has_begun(const job& work, std::uint64_t item);
  /// look is backend::look() for the chunk that begins with a job's item.
  [[nodiscard]] chunk_sight look(const job& work, std::uint64_t first);
  /// interrupt is backend::interrupt() for a job's item.
  bool interrupt(const job& work, std::uint64_t item);

  /// native_handle is a descriptor that becomes readable when poll() has something to do. -1 where there is none.
  [[nodiscard]] int native_handle();

  /// check_whole throws pool_broken where no job can run any more.
  void check_whole();

  /// settled tells whether wait() would return at once.
  [[nodiscard]] bool settled(const job& work);

  [[nodiscard]] engine_counters counters();

  /// insights tells what jobs and workers did since the engine was made, or since reset_insights().
  [[nodiscard]] yoke::insights insights();
  void reset_insights();

  /// end makes every job that is not settled at `when` fail with pool_shut_down{reason}: its workers are killed where
  /// they can be, else nothing of it starts any more and what runs is settled. It does not wait. The earliest `when`
  /// counts.
  void end(std::chrono::steady_clock::time_point when, const std::string& reason);

  /// cut_short tells whether end() has hit a job.
  [[nodiscard]] bool cut_short();

  /// take_farewells returns what has come of finalizers since it was called last.
  [[nodiscard]] std::vector<farewell> take_farewells();

  /// stop_workers ends the workers, after the last job.
  void stop_workers(bool drain);

 private:
  struct follower {
    const std::function<bool()>& done;
    std::condition_variable wake;
  };
  class entrance;
  class leadership;

  enum class fed : std::uint8_t { sent, nothing, no_room };
  struct span_of_items {
    std::uint64_t first;
    std::uint64_t count;
  };

  // end.cpp: what ends jobs before they are done
  void withdraw(job& work, std::uint64_t from, const std::exception_ptr& error);
  void heed_cancellations();
  void heed_end();
  [[nodiscard]] bool is_cancelled(const job& work) const;
  [[nodiscard]] bool anything_cancelled() const;

  // engine.cpp: driving
  void refuse_inside() const;
  void complete(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] bool completes_here() const;
  void announce();
  void lead(std::unique_lock<std::mutex>& lock, std::chrono::steady_clock::time_point until,
            const std::function<bool()>& done);
  void follow(std::unique_lock<std::mutex>& lock, std::chrono::steady_clock::time_point until,
              const std::function<bool()>& done);
  void pump(bool receives = true);
  void note_work();
  void park(std::unique_lock<std::mutex>& lock, std::chrono::steady_clock::time_point until);
  void wake_follower();
  void wake_done();
  void refill();
  fed feed(job& work);
  bool take_next(job& work);
  ledger_entry& enter(job& work, const chunk_message& message);
  [[nodiscard]] std::chrono::nanoseconds time_alone(std::chrono::nanoseconds at_most) const;
  void make_way(std::unique_lock<std::mutex>& lock);
  void show_cut(job& work);
  void retire_settled();
  void break_all(std::exception_ptr error);
  void forget(std::uint64_t tag, const std::exception_ptr& error);

  // settle.cpp: what became of a chunk. What returns bool tells whether the chunk's payload lives on in a new one.
  void on_event(const chunk_event& event) override;
  void on_worker_end(const worker_life& life) override { seen_.worker_ended(life); }
  bool on_finished(const ledger_entry& settled, const chunk_event& event);
  bool on_stopped(const ledger_entry& settled, const chunk_event& event);
  bool on_lost(const ledger_entry& settled, const chunk_event& event);
  bool on_unknown(const ledger_entry& settled, const chunk_event& event);
  bool divided(const ledger_entry& settled);
  [[nodiscard]] static span_of_items blamed_part(const ledger_entry& settled, std::uint64_t items_done);
  void salvage(const ledger_entry& settled, const chunk_event& event, const span_of_items& blamed, bool goes_on);
  void again_behind(const ledger_entry& settled, const span_of_items& blamed);
  bool again(const ledger_entry& whole, std::uint64_t first, std::uint64_t count, const death_count& deaths = {},
             bool alone = false);
  void deliver(job& work, std::uint64_t first, std::uint64_t count, std::span<const std::byte> results);
  void fail_item(job& work, std::uint64_t item, std::exception_ptr error);
  void fail_job(job& work, std::uint64_t item, std::exception_ptr error);
  void cut(job& work, std::uint64_t item);

  backend& workers_;
  const cancel_switch& cancels_;
  const void* const scope_;

  std::atomic<std::uint32_t> looks_asked_{0};  // calls of look_again(), and how many of them have been heeded
  std::uint32_t looks_heeded_ = 0;
  std::atomic<int> knocking_{0};  // threads that want the lock: whoever leads without ever parking lets them in
  std::mutex mutex_;  // guards all below and every call of the backend but park(); nothing is locked inside it
  ledger ledger_;
  std::vector<job*> jobs_;  // taken in and not settled
  std::size_t turn_ = 0;    // the job to be fed next
  completion_list completions_;
  std::vector<follower*> followers_;
  bool led_ = false;
  bool polled_ = false;  // somebody has the native handle
  bool works_ = false;   // there is work, as far as insights know
  std::condition_variable entered_;
  std::uint64_t entries_ = 0;  // threads let in so far
  std::exception_ptr broken_;  // why no job can run any more
  std::chrono::steady_clock::time_point end_at_ = std::chrono::steady_clock::time_point::max();
  std::string end_reason_;
  bool cut_short_ = false;
  engine_counters counters_;
  observation_plan* const watched_ = nullptr;
  observation seen_;
};

/// entrance holds the engine's lock, which it gets even from a leader that always has news and never parks.
class engine::entrance {
 public:
  enum class in : std::uint8_t { turn, haste };

  /// In haste, a chunk that is run under the lock ends before its next item.
  explicit entrance(engine& of, in how = in::turn) {
    ++of.knocking_;
    if (how == in::haste) of.workers_.nudge();
    lock_ = std::unique_lock{of.mutex_};
    --of.knocking_;
    ++of.entries_;
    of.entered_.notify_one();
  }

  [[nodiscard]] std::unique_lock<std::mutex>& lock() { return lock_; }

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace yoke::detail
