#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

namespace yoke::detail {

/// busy_clock runs while there is a job in the engine, and can be asked what it said at an earlier time.
class busy_clock {
 public:
  void start(std::chrono::nanoseconds now);
  void stop(std::chrono::nanoseconds now);

  /// at is what the clock said at that time. Before the oldest spell it remembers, it is taken to have stood still.
  [[nodiscard]] std::chrono::nanoseconds at(std::chrono::nanoseconds when) const;

  /// is_full asks to forget() soon: it remembers so many spells that it would take ever more memory.
  [[nodiscard]] bool is_full() const { return spells_.size() >= most_spells; }
  /// forget keeps the latest spell only.
  void forget();

 private:
  static constexpr std::size_t most_spells = 1024;

  struct spell {
    std::chrono::nanoseconds began;
    std::chrono::nanoseconds ended;   // max() while it goes on
    std::chrono::nanoseconds before;  // what the clock said when it began
  };

  std::vector<spell> spells_;
};

}  // namespace yoke::detail
