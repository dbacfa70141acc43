#pragma once

#include "sys/doorbell.hpp"

#include <atomic>
#include <cstdint>

namespace yoke::detail {

/// collector_bell wakes the coordinator. Workers ring it after every finished chunk; the ring costs one load while the
/// coordinator is awake, one store while it spins, and a system call only when it sleeps.
///
/// `armed` is written by the coordinator (arming) and by whoever rings (disarming). All accesses are seq_cst: arming
/// must be ordered before the coordinator's last look for news, and news before the ringer's look at `armed`.
class collector_bell {
 public:
  enum mode : std::uint32_t { awake, spinning, on_semaphore, on_descriptor };

  /// ring says that there is news. `descriptor` is the eventfd to write where the coordinator polls.
  void ring(int descriptor) noexcept;

  /// ring_for_the_dead rings whatever `armed` says: the dead may have disarmed the bell and not come to ring it.
  void ring_for_the_dead(int descriptor) noexcept;

  /// arm goes from awake to spinning: from now on a ring is noticed by rung().
  void arm() noexcept { armed_.store(spinning); }
  void disarm() noexcept { armed_.store(awake); }
  [[nodiscard]] bool rung() const noexcept { return armed_.load() == awake; }

  /// sleep_on goes from spinning to a sleeping mode; false when a ring came first.
  bool sleep_on(mode how) noexcept {
    std::uint32_t expected = spinning;
    return armed_.compare_exchange_strong(expected, how);
  }

  doorbell& semaphore() noexcept { return semaphore_; }

  /// rung_on is the CPU that the coordinator was last rung from.
  [[nodiscard]] int rung_on() const noexcept { return rung_on_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint32_t> armed_{awake};
  std::atomic<int> rung_on_{-1};
  doorbell semaphore_;
};

}  // namespace yoke::detail
