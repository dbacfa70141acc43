#pragma once

#include "queue/queue_layout.hpp"

#include <chrono>
#include <cstdint>
#include <unordered_map>

#include <sys/types.h>

namespace yoke::detail {

/// item_watch ends items that run too long or are not wanted any more: for the supervisor, without a word from workers.
///
/// It looks at the progress words now and then; an item seen unchanged for its deadline is doomed by one CAS of exactly
/// that word, so that an item finishing at the same moment wins or loses, and the next one is never hit. A doomed
/// worker is asked to leave, then terminated, then killed with its process group.
class item_watch {
 public:
  explicit item_watch(const queue_layout& layout) : layout_{layout} {}

  /// look dooms what is overdue at `now` among the live `workers` (pid to seat) and takes the next step with those
  /// doomed before.
  void look(std::chrono::nanoseconds now, const std::unordered_map<pid_t, std::uint32_t>& workers);

  /// interrupt dooms the item that `seat_index` ran when its progress word was `word`. False when it has ended.
  bool interrupt(std::chrono::nanoseconds now, std::uint32_t seat_index, pid_t pid, std::uint64_t word);

  /// forget drops a worker that is dead.
  void forget(pid_t pid);

  /// next_look is when look() has something to do again; max() when nothing is watched.
  [[nodiscard]] std::chrono::nanoseconds next_look(std::chrono::nanoseconds now) const;

 private:
  enum class step : std::uint8_t { watched, asked, terminated };
  struct subject {
    std::uint64_t word = 0;
    std::chrono::nanoseconds since{0};  // when the word, or the step, was seen first
    step at = step::watched;
  };

  void look_at(std::chrono::nanoseconds now, pid_t pid, std::uint32_t seat_index);
  bool doom(std::chrono::nanoseconds now, std::uint32_t seat_index, pid_t pid, std::uint64_t word, end_cause why);
  static void press(std::chrono::nanoseconds now, pid_t pid, subject& doomed);
  [[nodiscard]] std::chrono::nanoseconds tick() const;

  const queue_layout& layout_;
  std::unordered_map<pid_t, subject> subjects_;
  std::size_t doomed_ = 0;
};

}  // namespace yoke::detail
