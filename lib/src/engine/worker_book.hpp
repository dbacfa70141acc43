#pragma once

#include <yoke/insights.hpp>

#include "engine/busy_clock.hpp"
#include "engine/worker_life.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace yoke::detail {

/// most_ended is how many workers that have ended are told one by one.
inline constexpr std::size_t most_ended = 256;

/// keep_ended files a worker that has ended; beyond most_ended, the oldest become one.
void keep_ended(std::vector<worker_insights>& ended, const worker_insights& one);

/// worker_book keeps the accounts of an engine's workers. Their chunks come from the engine; birth, end and usage from
/// the backend. It believes no time that lies outside a worker's life or overlaps what was counted before, so that the
/// parts of each life add up whatever a worker writes.
class worker_book {
 public:
  explicit worker_book(std::chrono::nanoseconds now) : since_{now} {}

  void job_began(std::chrono::nanoseconds now) { busy_.start(now); }
  void job_ended(std::chrono::nanoseconds now) { busy_.stop(now); }

  /// ran counts a chunk that was run from `began` to `ended`, and the items of it that were delivered.
  void ran(const life_id& who, std::chrono::nanoseconds began, std::chrono::nanoseconds ended, std::uint64_t items);

  /// needs_look asks for a look() at all workers, after which it has room again for what it remembers.
  [[nodiscard]] bool needs_look() const { return busy_.is_full(); }
  void look(const std::vector<worker_life>& lives);

  /// end closes the account of a worker that has ended.
  void end(const worker_life& life);

  /// tell returns all accounts as of now, `lives` being the workers that have not been closed.
  [[nodiscard]] std::vector<worker_insights> tell(const std::vector<worker_life>& lives,
                                                  std::chrono::nanoseconds now) const;

  /// reset begins to count anew.
  void reset(const std::vector<worker_life>& lives, std::chrono::nanoseconds now);

 private:
  struct account {
    account() = default;
    explicit account(const life_id& of) : who{of} {}

    life_id who;
    std::uint64_t chunks = 0;
    std::uint64_t items = 0;
    std::chrono::nanoseconds work{0};
    std::chrono::nanoseconds counted{0};                  // nothing before this is counted any more
    std::optional<std::chrono::nanoseconds> busy_before;  // what the busy clock said when it was ready
    thread_usage used_before;
  };

  account& open(const life_id& who);
  [[nodiscard]] account find(const life_id& who) const;
  [[nodiscard]] worker_insights settle(const account& with, const worker_life& life,
                                       std::chrono::nanoseconds now) const;

  std::chrono::nanoseconds since_;
  busy_clock busy_;
  std::vector<account> open_;  // by seat
  std::vector<worker_insights> ended_;
};

}  // namespace yoke::detail
