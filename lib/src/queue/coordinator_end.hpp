#pragma once

#include "engine/backend.hpp"
#include "engine/worker_hooks.hpp"
#include "queue/queue_layout.hpp"
#include "queue/spin_budget.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace yoke::detail {

/// coordinator_end is the coordinator's end of the queue: the only producer, and the only one that frees chunk slots.
///
/// It never takes the ring's lock, and believes nothing in shared memory that it has not checked. Its calls follow the
/// threading rules of `backend`.
class coordinator_end {
 public:
  /// `news` is an eventfd that workers write while the coordinator polls. With `checks_sums` no record is believed
  /// without its checksum: workers are processes.
  coordinator_end(const queue_layout& layout, int news, bool checks_sums);

  /// keep_results says that what finalizers return is wanted.
  void keep_results(bool wanted) { keeps_results_ = wanted; }

  bool send(const chunk_message& message);
  /// flush wakes as many parked workers as there are chunks sent since the last flush.
  void flush();
  bool recall(std::uint64_t tag);

  /// running_now says where the chunk is being run at this moment: the seat and its progress word.
  struct place {
    std::uint32_t seat;
    std::uint32_t incarnation;
    std::uint64_t word;
  };
  [[nodiscard]] std::optional<place> running_now(std::uint64_t tag) const;
  /// look says how far a worker is with the chunk.
  [[nodiscard]] chunk_sight look(std::uint64_t tag) const;

  /// wants_watch is true once after the first chunk with a deadline, or with a shorter one, was sent.
  [[nodiscard]] bool wants_watch() { return std::exchange(wants_watch_, false); }

  /// collect hands the sink every record that live workers have published.
  std::size_t collect(event_sink& sink);
  /// deaths_unseen tells whether the supervisor has marked a seat dead since the last recover().
  [[nodiscard]] bool deaths_unseen() const;
  /// recover takes what dead workers left behind: their finished chunks are delivered, the one that each was running is
  /// `lost`, those only claimed are `returned`; then the seats are free. Returns the number of events.
  std::size_t recover(event_sink& sink);

  /// hear_all takes what hooks left of workers that are all gone, reaped by the supervisor or not.
  void hear_all() noexcept;
  /// take_farewells returns what has come of finalizers since it was called last; false_start is the last initializer
  /// that failed.
  std::vector<farewell> take_farewells() { return std::exchange(farewells_, {}); }
  [[nodiscard]] const farewell& false_start() const { return false_start_; }

  /// inspect looks for chunks that nobody holds any more, and for marks of a task that wrote where it should not. To be
  /// called now and then while nothing else happens. Like all calls that read what workers write, it throws
  /// queue_damaged.
  void inspect();

  /// start_over takes the queue up again, its memory constructed anew and all workers dead. Every chunk sent and not
  /// delivered gets an `unknown` event.
  void start_over(event_sink& sink);

  /// measure says how closely workers look at themselves from now on.
  void measure(insights_level level);
  /// survey shows all workers that recover() has not told of.
  void survey(life_sink& sink) const;
  /// all_gone notes that every worker has ended by now, if not before.
  void all_gone();
  /// bury tells of all workers as recover() does of the dead: their seats are about to be constructed anew.
  void bury(event_sink& sink) const;

  /// close tells workers to leave once the ring is empty.
  void close();

  bool arm();
  /// disarm undoes an arm() that no park() follows.
  void disarm() { claims_.bell.disarm(); }
  /// park sleeps as backend::park() does; false when the time was over and nobody rang.
  bool park(std::chrono::nanoseconds at_most, int also);

  /// announce has the first news from now on write the eventfd, while nobody parks; at once where there is some.
  void announce();

  /// in_flight is the number of chunks sent and not yet taken back or delivered.
  [[nodiscard]] std::size_t in_flight() const { return layout_.shape().slots - free_.size(); }

 private:
  struct sent {
    std::uint64_t tag = 0;
    std::uint64_t count = 0;
    std::uint64_t position = 0;  // in the ring
    std::uint32_t generation = 0;
    bool in_use = false;
    bool has_deadline = false;
    bool missed = false;  // by the last inspection
  };

  [[nodiscard]] bool news() const;
  [[nodiscard]] bool is_accounted_for(std::uint32_t slot_index) const;
  std::size_t drain(std::uint32_t seat_index, event_sink& sink);
  void hear(std::uint32_t seat_index);
  void read_note(std::uint32_t seat_index, farewell& heard) const;
  [[nodiscard]] yoke::worker_end end_of(std::uint32_t seat_index) const;
  std::size_t recover_seat(std::uint32_t seat_index, std::uint32_t incarnation, event_sink& sink);
  bool deliver(std::uint32_t seat_index, const done_record& record, std::uint32_t incarnation, event_sink& sink);
  bool give_up(std::uint32_t seat_index, const hint& claimed, const running_words& running, event_sink& sink);
  [[nodiscard]] worker_life life_of(std::uint32_t seat_index, std::uint32_t incarnation) const;
  std::span<const std::byte> results_of(std::uint32_t seat_index, std::uint64_t offset, std::uint64_t bytes) const;
  void release(std::uint32_t slot_index, std::uint32_t generation);
  void forget(std::uint32_t slot_index);
  void note_deadline(std::chrono::nanoseconds deadline);
  void wake(std::uint64_t workers);
  bool sleep_on_semaphore(std::chrono::nanoseconds at_most);
  bool sleep_on_descriptors(std::chrono::nanoseconds at_most, int also);

  const queue_layout& layout_;
  claim_words& claims_;
  coordinator_words& words_;
  int news_;
  bool checks_sums_;
  bool keeps_results_ = false;
  std::vector<sent> sent_;           // by slot: the private truth about what was sent
  std::vector<std::uint32_t> free_;  // slots to use next, the last one freed first
  std::uint64_t tail_ = 0;
  std::uint64_t unflushed_ = 0;
  std::uint64_t deaths_seen_ = 0;
  std::size_t deadlines_ = 0;  // chunks in flight that have one
  bool wants_watch_ = false;
  insights_level level_ = insights_level::off;
  spin_budget budget_;
  bool crowded_ = false;  // as many chunks are in flight as there are CPUs, or more; when the bell was armed
  std::vector<farewell> farewells_;
  farewell false_start_;
};

}  // namespace yoke::detail
