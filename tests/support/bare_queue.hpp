#pragma once

#include "engine/backend.hpp"
#include "memory/segment.hpp"
#include "queue/coordinator_end.hpp"
#include "queue/queue_layout.hpp"
#include "queue/worker_end.hpp"

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace yoke_test {

/// recorded_event is a chunk_event whose bytes were copied.
struct recorded_event {
  yoke::detail::chunk_event::kind what;
  std::uint64_t tag;
  std::uint64_t items_done;
  std::vector<std::uint64_t> results;
  std::string error;
  int worker;
  int signal;
  yoke::detail::end_cause cause;
};

/// event_log keeps the events in the order they came.
class event_log final : public yoke::detail::event_sink {
 public:
  void on_event(const yoke::detail::chunk_event& event) override;
  std::vector<recorded_event> events;
};

/// item_numbers is a chunk_entry whose result for each item is the item's number, 8 bytes each. A closure, if given, is
/// an item number that throws.
void item_numbers(yoke::detail::chunk_call& call);

/// bare_queue is a queue in private memory with both its ends driven by the test, step by step.
class bare_queue {
 public:
  explicit bare_queue(yoke::detail::queue_shape shape = {.workers = 2, .seats = 4, .slots = 16});

  /// sit gives a seat a new incarnation and returns its worker's end.
  yoke::detail::worker_end sit(std::uint32_t seat_index);
  /// die marks the seat as the supervisor does when its worker was killed.
  void die(std::uint32_t seat_index, int signal = 9);
  /// send queues items [first, first + count) under `tag`.
  bool send(std::uint64_t tag, std::uint64_t first = 0, std::uint64_t count = 1, bool alone = false);

  yoke::detail::segment home{yoke::detail::segment::home::process_private, std::size_t{1} << 30};
  yoke::detail::queue_layout layout;
  yoke::detail::coordinator_end end;
  event_log log;
};

}  // namespace yoke_test
