#pragma once

#include <algorithm>
#include <chrono>

namespace yoke::detail {

/// spin_budget says how long to spin before sleeping: longer after a spin that paid, shorter after one that did not.
///
/// A wake-up across idle CPUs costs tens of microseconds, so a spin that catches the news is worth its CPU time; where
/// news comes later than that, spinning would only take the CPU from a worker.
class spin_budget {
 public:
  static constexpr std::chrono::nanoseconds longest{50'000};
  static constexpr std::chrono::nanoseconds shortest{500};
  static constexpr std::chrono::nanoseconds crowded{4'000};  ///< about what going to sleep and waking up take

  [[nodiscard]] std::chrono::nanoseconds current() const { return current_; }
  void paid() { current_ = std::min(longest, current_ * 4); }
  void wasted() { current_ = std::max(shortest, current_ / 2); }
  /// news_came says how long the sleep after a wasted spin lasted; a short one would have been worth the spin. Not to
  /// be told of news that was made on the sleeper's own CPU: a spin would have kept it from being made.
  void news_came(std::chrono::nanoseconds after) {
    if (after < 2 * longest) current_ = std::min(longest, current_ * 4);
  }

 private:
  std::chrono::nanoseconds current_ = longest;
};

/// pause_cpu tells the CPU that this is a spin loop.
inline void pause_cpu() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// spin_until calls `done` until it is true or the budget is used up, and learns from which; or for `at_most`, if that
/// is less.
template <class Done>
bool spin_until(spin_budget& budget, std::chrono::nanoseconds (*now)(), Done done,
                std::chrono::nanoseconds at_most = spin_budget::longest) {
  const auto end = now() + std::min(at_most, budget.current());
  do {
    for (int turn = 0; turn < 16; ++turn) {
      if (done()) {
        budget.paid();
        return true;
      }
      pause_cpu();
    }
  } while (now() < end);
  budget.wasted();
  return false;
}

}  // namespace yoke::detail
